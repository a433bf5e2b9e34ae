import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).parent.parent
ELEVATION = re.compile(r"\.sudo\(\)|with_user\(SUPERUSER_ID\)|Environment\([^)]*SUPERUSER_ID")
#: below which a comment stands for the call: the rest of its statement and of its method's
REASON = re.compile(r"# (sudo: .{12,}|sudo: as above)")


def find_bare(text):
    """Return the numbers of the lines that go on as superuser without a reason above.

    A reason holds for the block of lines below it, up to the next blank line or method.
    """
    bare, is_explained = [], False
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith(("def ", "@", "class ")):
            is_explained = False
        if REASON.search(line):
            is_explained = True
        if ELEVATION.search(line.split("#")[0]) and not is_explained:
            bare.append(number)
    return bare


@tagged("post_install", "-at_install")
class TestSudo(BaseCase):
    def test_every_sudo_says_why(self):
        for folder in ("models", "wizard", "report", "controllers"):
            for path in sorted(ADDON.glob(f"{folder}/*.py")):
                with self.subTest(path.relative_to(ADDON)):
                    self.assertFalse(
                        find_bare(path.read_text()),
                        "lines with sudo() but no comment “# sudo: why” above, in the same block",
                    )

    def test_checker_finds_what_has_no_reason(self):
        explained = "def a():\n    # sudo: the name of a colleague\n    x = self.sudo()\n"
        self.assertFalse(find_bare(explained))
        self.assertEqual(find_bare(explained + "\n    y = self.sudo()\n"), [5])
        self.assertEqual(find_bare("x = self.sudo()  # because"), [1])
        self.assertFalse(find_bare("x = y.sudo()  # sudo: a setting of the company"))
        self.assertFalse(find_bare("# why sudo() is not used"))
