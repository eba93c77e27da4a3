internal import Riposte

/// Where the last whole line of a file ends, so that a follower that begins at the end does not begin inside a line.
///
/// Looks back over `longestLine` bytes at most; where there is no line end in them, the answer is the end of the file,
/// inside a line.
func lastLineEnd(path: String, longestLine: Int) throws(SourceError) -> (offset: UInt64, isInsideLine: Bool) {
    let descriptor = try OwnedDescriptor(reading: path)
    let size = try FileStatus(of: descriptor).size
    var start = size
    while start > 0, size - start < UInt64(longestLine) {
        let count = min(start, 64 * 1024)
        start -= count
        let block = try descriptor.read(Int(count), at: start)
        let end = endOfLastLine(in: block.span)
        if end > 0 { return (start + UInt64(end), false) }
    }
    return start == 0 ? (0, false) : (size, true)
}
