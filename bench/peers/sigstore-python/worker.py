"""The benchmark's worker for sigstore-python. The protocol is described in ../README.md."""

import hashlib
import json
import sys
from pathlib import Path
from time import perf_counter_ns

import sigstore
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier
from sigstore.verify.policy import Identity


class Task:
    def __init__(self, bundle, artifact, root, identity, issuer, verifiers):
        self.bundle = Path(bundle).read_bytes()
        self.artifact = Path(artifact).read_bytes()
        self.root = root
        self.policy = Identity(identity=identity, issuer=issuer)
        if root not in verifiers:
            verifiers[root] = self.load()
        self.verifier = verifiers[root]
        self.is_attestation = "dsseEnvelope" in json.loads(self.bundle)

    def verify(self):
        bundle = Bundle.from_json(self.bundle)
        if not self.is_attestation:
            self.verifier.verify_artifact(self.artifact, bundle, self.policy)
            return
        # It leaves the statement's subject to its caller.
        _, payload = self.verifier.verify_dsse(bundle, self.policy)
        digest = hashlib.sha256(self.artifact).hexdigest()
        if all(subject["digest"].get("sha256") != digest for subject in json.loads(payload)["subject"]):
            raise ValueError("the attestation is about another artifact")

    def parse(self):
        return Bundle.from_json(self.bundle)

    def load(self):
        return Verifier(trusted_root=TrustedRoot.from_file(self.root))


def read_job(file):
    verifiers = {}
    lines = Path(file).read_text().splitlines()
    return {line.split("\t")[0]: Task(*line.split("\t")[1:], verifiers) for line in lines}


def measure(run, count):
    times = []
    for _ in range(count):
        began = perf_counter_ns()
        run()
        times.append(f"{(perf_counter_ns() - began) / 1000:.1f}")
    return " ".join(times)


def answer(words, tasks):
    task = tasks[words[1]]
    try:
        if words[0] == "check":
            task.verify()
            return "accepted"
        return measure({"verify": task.verify, "parse": task.parse, "root": task.load}[words[0]], int(words[2]))
    except Exception as error:
        return f"refused {type(error).__name__}: {error}".replace("\n", " ")


def main():
    tasks = read_job(sys.argv[1])
    if len(sys.argv) > 2:
        next(iter(tasks.values())).verify()
        return
    print(f"ready {sigstore.__version__}, Python {sys.version.split()[0]}", flush=True)
    for request in sys.stdin:
        print(answer(request.split(), tasks), flush=True)


main()
