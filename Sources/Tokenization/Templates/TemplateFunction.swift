/// The functions that every template knows.
enum TemplateFunction: String {
    case range
    case dict
    case namespace
    case cycler
    case joiner
    case raiseException = "raise_exception"
    case strftimeNow = "strftime_now"
    case lipsum
}
