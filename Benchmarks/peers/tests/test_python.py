import tempfile
import unittest
from pathlib import Path

from peers import python


class BitTests(unittest.TestCase):
    def test_one_other_byte_and_no_arrays_at_all_do_not_agree(self):
        with tempfile.TemporaryDirectory() as folder:
            mine, program = Path(folder, "kindred"), Path(folder, "kindred,-the-program")
            mine.mkdir()
            program.mkdir()
            self.assertFalse(python.agree_on_neighbors(mine, program).holds)
            for each in (mine, program):
                (each / "neighbors.npy").write_bytes(b"12")
            self.assertTrue(python.agree_on_factors(mine, program).holds)
            (program / "neighbors.npy").write_bytes(b"13")
            self.assertEqual(python.agree_on_factors(mine, program).value, 1)
            self.assertFalse(python.agree_on_neighbors(mine, program).holds)
        self.assertIsNone(python.agree_on_factors(mine, Path(folder, "implicit-CG")))
