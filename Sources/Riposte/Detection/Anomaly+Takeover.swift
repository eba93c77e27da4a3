extension Anomaly {
    /// Whether it says that somebody else has got into an account: a success among the attempts.
    public var isTakeover: Bool {
        detector == .successAfterFailures || (detector.family == DetectorName.credentialStuffing && severity == .critical)
    }
}
