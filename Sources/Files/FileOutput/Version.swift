/// The version of the program and of the files it writes (https://semver.org).
public enum Version {
    /// The current version.
    public static let kindred = "0.10.0"
}
