/// The version of the program and of the files that it writes (https://semver.org).
public enum Version {
    public static let kindred = "0.2.0"
}
