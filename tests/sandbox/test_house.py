import base64

import pytest

from tael.sandbox.house import set_up
from tael.sandbox.refusals import SandboxMisconfiguredError

SECRET = "sandboxsec_" + base64.b64encode(b"x" * 32).decode()
GOOD = {"TAEL_SANDBOX_FOLDER": "there", "TAEL_SANDBOX_MERCHANTS": f"shop={SECRET}"}


def test_a_house_has_its_merchants_and_hides_their_secrets():
    house = set_up(GOOD | {"TAEL_SANDBOX_BACKOFF": "1 2.5"})

    assert (house.merchants, house.backoff) == ({"shop": b"x" * 32}, (1.0, 2.5))
    assert "xxx" not in repr(house)


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"TAEL_SANDBOX_FOLDER": ""}, "TAEL_SANDBOX_FOLDER"),
        ({"TAEL_SANDBOX_MERCHANTS": ""}, "TAEL_SANDBOX_MERCHANTS"),
        ({"TAEL_SANDBOX_MERCHANTS": "shop=hunter2"}, "TAEL_SANDBOX_MERCHANTS"),
        ({"TAEL_SANDBOX_BACKOFF": "soon"}, "TAEL_SANDBOX_BACKOFF"),
    ],
)
def test_a_wrong_variable_is_named_and_its_secret_is_not(changes, variable):
    with pytest.raises(SandboxMisconfiguredError, match=variable) as wrong:
        set_up(GOOD | changes)

    assert "hunter2" not in str(wrong.value)
