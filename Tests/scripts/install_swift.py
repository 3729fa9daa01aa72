"""script/lib/install-swift against a mirror on the loopback interface: good, cut and forged archives, and interruptions.

The archives hold a script in the place of the compiler, signed by a key made for the test. `tar` is wrapped, so that a test sees
whether anything was unpacked at all, and not only what is left at the end.

Usage: python3 Tests/scripts/install_swift.py
"""
import io, os, pathlib, pty, re, shutil, signal, subprocess, sys, tarfile, tempfile, threading, time, unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
INSTALL = ROOT / "script/lib/install-swift"
VERSION = re.search(r"swift_version=(\S+)", (ROOT / "script/lib/swift.sh").read_text())[1]
KEY = "/keys/release-key-swift-6.x.asc"


def system():
    """The name of this system, such as debian12."""
    command = ["bash", "-c", ". /etc/os-release && echo $ID$VERSION_ID"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def why_not():
    """Why the tests cannot run here, or None."""
    for program in ("gpg", "curl", "flock", "tar"):
        if not shutil.which(program):
            return f"there is no {program}"
    known = ("debian12", "ubuntu22.04", "ubuntu24.04")
    return None if system() in known else "Swift has no archive for this system"


class Key:
    """A signing key that exists for the test alone."""

    def __init__(self, folder, expires="never", *options):
        self.home = folder
        folder.mkdir(mode=0o700)
        self.gpg(*options, "--passphrase", "", "--quick-gen-key", "Test", "ed25519", "sign", expires)
        listing = self.gpg("--list-keys", "--with-colons").decode()
        self.fingerprint = next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr"))
        self.public = self.gpg("--armor", "--export")

    def gpg(self, *arguments, input=None):
        command = ["gpg", "--homedir", self.home, "--batch", "--quiet", "--pinentry-mode", "loopback", *arguments]
        return subprocess.run(command, input=input, capture_output=True, check=True).stdout

    def sign(self, data, *options):
        return self.gpg(*options, "--detach-sign", input=data)


class Mirror(ThreadingHTTPServer):
    """Serves `files`; a path in `stalled` sends half of its file and then waits for the test to end."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.cut, self.stalled, self.requests = {}, set(), set(), []
        self.half_sent, self.over = threading.Event(), threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.over.set()
        self.shutdown()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        server.requests.append(self.path)
        data = server.files.get(self.path)
        if data is None:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Length", len(data))
        self.end_headers()
        whole = self.path not in server.cut | server.stalled
        self.wfile.write(data if whole else data[: len(data) // 2])
        if self.path in server.stalled:
            server.half_sent.set()
            server.over.wait(20)

    def log_message(self, *arguments):
        pass


def toolchain(version=VERSION):
    """An archive as Swift's, whose compiler says its version. It does not compress, so that half of it is half a file."""
    script = f"#!/bin/sh\necho 'Swift version {version} (swift-{version}-RELEASE)'\n".encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in (("usr/bin/swift", script), ("usr/lib/padding", os.urandom(200_000))):
            entry = tarfile.TarInfo(f"swift-{version}-RELEASE-here/{name}")
            entry.size, entry.mode = len(data), 0o755
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


class InstallSwift(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="kindred-keys-"))
        cls.key, cls.other = Key(cls.shared / "key"), Key(cls.shared / "other")
        cls.archive = toolchain()
        cls.signature = cls.key.sign(cls.archive)

    @classmethod
    def tearDownClass(cls):
        for key in (cls.key, cls.other):
            subprocess.run(["gpgconf", "--homedir", key.home, "--kill", "gpg-agent"], check=False)
        shutil.rmtree(cls.shared)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kindred-swift-"))
        self.home = self.folder / "toolchains"
        self.installed = self.home / VERSION
        self.mirror = Mirror()
        here = system() + ("-aarch64" if os.uname().machine == "aarch64" else "")
        self.path = (f"/swift-{VERSION}-release/{here.replace('.', '')}/swift-{VERSION}-RELEASE/"
                     f"swift-{VERSION}-RELEASE-{here}.tar.gz")
        self.offer(self.archive, self.signature, self.key.public)

        tools = self.folder / "tools"
        tools.mkdir()
        self.unpacked = self.folder / "unpacked"
        self.stall = self.folder / "stall"  # where it exists, tar never ends
        (tools / "tar").write_text(
            f'#!/bin/sh\n{shutil.which("tar")} "$@" && echo "$@" >>{self.unpacked}\n'
            f"[ ! -e {self.stall} ] || exec sleep 20\n")
        (tools / "tar").chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{tools}:/usr/bin:/bin", "KINDRED_SWIFT_HOME": str(self.home),
            "KINDRED_SWIFT_KEY": self.key.fingerprint, "no_proxy": "127.0.0.1",
            "KINDRED_SWIFT_MIRROR": "http://127.0.0.1:%d" % self.mirror.server_address[1],
        }

    def tearDown(self):
        self.mirror.close()
        shutil.rmtree(self.folder)

    def offer(self, archive, signature, key):
        self.mirror.files |= {self.path: archive, self.path + ".sig": signature, KEY: key}

    def install(self, *arguments):
        return subprocess.run(
            ["bash", INSTALL, *(arguments or ["--yes"])], env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60)

    def start(self):
        """An installation that has received half of the archive."""
        self.mirror.stalled.add(self.path)
        process = subprocess.Popen(
            ["bash", INSTALL, "--yes"], env=self.environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertTrue(self.mirror.half_sent.wait(20))
        return process

    def wait_for(self, condition):
        deadline = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def assert_refused(self, *words):
        result = self.install()
        self.assertEqual(result.returncode, 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertFalse(self.unpacked.exists(), "an archive was unpacked that had not been verified")
        self.assertFalse(self.home.exists())

    def test_a_good_archive_is_installed_and_found_by_the_scripts(self):
        result = self.install()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"export PATH={self.installed}/usr/bin", result.stderr)
        self.assertEqual(os.listdir(self.home), [VERSION])
        found = subprocess.run(
            ["bash", "-c", ". script/lib/swift.sh && command -v swift"], cwd=ROOT, env=self.environment,
            capture_output=True, text=True)
        self.assertEqual(found.stdout.strip(), f"{self.installed}/usr/bin/swift")

    def test_an_installed_toolchain_is_not_touched(self):
        self.assertEqual(self.install().returncode, 0)
        requests = len(self.mirror.requests)
        self.assertIn("is there already", self.install().stderr)
        self.assertEqual(len(self.mirror.requests), requests)
        self.assertTrue((self.installed / "usr/bin/swift").exists())

    def test_nothing_is_downloaded_unasked(self):
        result = self.install("--no")
        self.assertEqual(result.returncode, 1)
        self.assertIn("--yes", result.stderr)
        self.assertEqual(self.mirror.requests, [])
        self.assertFalse(self.home.exists())

    def test_a_person_is_asked(self):
        for answer, status in ((b"n\n", 1), (b"\n", 1), (b"y\n", 0)):
            terminal, other_end = pty.openpty()
            process = subprocess.Popen(
                ["bash", INSTALL], env=self.environment, stdin=other_end, stderr=subprocess.PIPE, text=True)
            os.write(terminal, answer)
            _, errors = process.communicate(timeout=20)
            os.close(terminal), os.close(other_end)
            self.assertEqual((process.returncode, "[y/N]" in errors), (status, True), errors)
            self.assertEqual(self.installed.exists(), status == 0)

    def test_a_cut_transfer_is_refused(self):
        self.mirror.cut.add(self.path)
        self.assert_refused("could not be downloaded")

    def test_a_cut_archive_is_refused(self):
        self.offer(self.archive[: len(self.archive) // 2], self.signature, self.key.public)
        self.assert_refused("no valid signature")

    def test_a_forged_archive_is_refused(self):
        self.offer(toolchain(), self.signature, self.key.public)
        self.assert_refused("no valid signature", "BAD signature")

    def test_an_archive_signed_by_another_key_is_refused_even_if_that_key_is_offered(self):
        self.offer(self.archive, self.other.sign(self.archive), self.other.public)
        self.assert_refused("no valid signature")
        self.offer(self.archive, self.other.sign(self.archive), self.other.public + self.key.public)
        self.assert_refused("no valid signature")

    def test_a_signature_of_something_else_is_refused(self):
        self.offer(self.archive, self.key.gpg("--sign", input=b"something else"), self.key.public)
        self.assert_refused("no valid signature")

    def test_a_revoked_key_is_refused(self):
        certificate = (self.key.home / f"openpgp-revocs.d/{self.key.fingerprint}.rev").read_text()
        revocation = certificate[certificate.index("-----BEGIN") :].encode()
        self.offer(self.archive, self.signature, self.key.public + revocation)
        self.assert_refused("no valid signature")

    def test_what_a_key_signed_before_it_expired_is_good(self):
        made = int(time.time()) - 3 * 86400
        key = Key(self.folder / "expired", "1d", f"--faked-system-time={made}")
        self.addCleanup(subprocess.run, ["gpgconf", "--homedir", key.home, "--kill", "gpg-agent"])
        self.environment["KINDRED_SWIFT_KEY"] = key.fingerprint
        self.offer(self.archive, key.sign(self.archive, f"--faked-system-time={made + 3600}"), key.public)
        result = self.install()
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_another_release_under_this_name_is_refused(self):
        older = toolchain("6.0.0")
        self.offer(older, self.key.sign(older), self.key.public)
        result = self.install()
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"does not hold a working Swift {VERSION}", result.stderr)
        self.assertFalse(self.home.exists())

    def test_a_missing_file_is_named(self):
        del self.mirror.files[self.path + ".sig"]
        self.assert_refused("404", self.path + ".sig")

    def test_an_interrupted_installation_leaves_nothing(self):
        for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.mirror.half_sent.clear()
            process = self.start()
            self.assertTrue(any(self.home.iterdir()))
            process.send_signal(signal_number)
            self.assertEqual(process.wait(20), 128 + signal_number)
            self.assertFalse(self.home.exists())

    def test_an_installation_interrupted_while_unpacking_leaves_nothing(self):
        self.stall.touch()
        process = subprocess.Popen(
            ["bash", INSTALL, "--yes"], env=self.environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_for(self.unpacked.exists)
        self.assertFalse(self.installed.exists())
        process.terminate()
        self.assertEqual(process.wait(10), 128 + signal.SIGTERM)
        self.assertFalse(self.home.exists())

    def test_a_second_installation_at_once_is_refused_and_harms_nothing(self):
        process = self.start()
        self.assertIn("another script/bootstrap", self.install().stderr)
        self.assertTrue(any(self.home.iterdir()))
        process.terminate()
        process.wait(20)

    def test_what_a_killed_installation_left_is_never_used_and_goes_with_the_next(self):
        process = self.start()
        process.kill()
        process.wait(20)
        self.assertFalse(self.installed.exists())
        self.mirror.over.set()  # and curl ends, which still holds the lock
        self.mirror.stalled.clear()
        self.wait_for(lambda: self.install().returncode == 0)
        self.assertEqual(os.listdir(self.home), [VERSION])


if __name__ == "__main__":
    reason = why_not()
    if reason:
        sys.exit(print(f"skipped: {reason}"))
    # A parent may have blocked or ignored the signals that the tests send, and what it starts inherits that.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    unittest.main()
