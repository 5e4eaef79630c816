"""Five thousand orders at once: the dry run and the run agree, list the three that fail, and take seconds."""

import time

import pytest

from browser import told
from scene import line, order, receiver

ORDERS = 5_000
SECONDS = 5.0
PATIENCE_S = 60.0


@pytest.mark.slow
def test_a_bulk_audit_of_five_thousand_with_three_that_fail(world):
    scene = world.scene
    scene.set_up({"A": {"X": ORDERS * 2}})
    for start in range(0, ORDERS - 3, 500):
        count = min(500, ORDERS - 3 - start)
        told(scene, *[order(f"P{start + n}", line("X"), receiver=receiver(start + n), buyer_remark="快点") for n in range(count)])
    told(scene, *[order(f"B{n}", line("NO-SUCH"), receiver=receiver(9_000 + n)) for n in range(3)])
    target = {"filters": ["state:is:received|sourced"]}
    began = time.monotonic()
    dry = world.post("/jobs", {"action": "audit", "target": target, "is_dry_run": True}).json()
    dry_s = time.monotonic() - began
    assert (dry["will"], dry["refused_count"]) == (ORDERS - 3, 3)
    began = time.monotonic()
    made = world.post("/jobs", {"action": "audit", "target": target}).json()
    job = world.ended(made["job_id"], patience_s=PATIENCE_S)
    run_s = time.monotonic() - began
    assert (job["state"], job["done"], job["failed"], len(job["refused"])) == ("done", ORDERS - 3, 3, 3)
    assert max(dry_s, run_s) < SECONDS, (dry_s, run_s)
