/// What the guard says to something that is about to be done.
public enum GuardVerdict: Sendable, Hashable {
    /// As it was wanted.
    case allow
    /// Not as a ban; as a throttle, which leaves those be who share the address.
    case degrade(String)
    /// Only when a person has said yes.
    case hold(String)
    /// Not at all, whoever asks.
    case refuse(String)
}

/// What the guard is asked: may this action do this to that target?
struct GuardQuestion: Sendable {
    var action: ActionName
    /// Which of the action's back ends, where it has several.
    var backEnd: String?
    /// `nil` = it is about nobody in particular.
    var target: Target?
    /// `nil` = it makes no change that could be taken back.
    var kind: EffectKind?
    var severity: Severity
    /// Whether no person has asked for it or said yes to it.
    var isAutomatic: Bool
    var now: Timestamp
}

/// What comes of several questions that are asked as one.
enum GuardAdmission: Sendable {
    /// The effects are planned; the remark says what is less than was wanted.
    case admitted([Effect], remark: String?)
    case held(String)
    case refused(String)
}
