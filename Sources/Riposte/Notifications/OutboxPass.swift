/// What one channel is told at one go: some lines, or a digest.
struct OutboxPass: Sendable {
    var channel: ChannelName
    var turn: LaneRest.Turn
    var lines: [OutboxLine] = []
    var digest: OutboxDigest?
}
