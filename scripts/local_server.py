"""What the scripts that start a server on this machine share."""
import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def wait_until_healthy(server: subprocess.Popen, port: int, seconds: int = 60) -> None:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if server.poll() is not None:
            raise SystemExit(f"the server ended with {server.poll()}")
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"the server did not become healthy within {seconds} s")


@contextlib.contextmanager
def serving(kunserve: str, flags: list[str]):
    """A server of its own for the block; the port on which it listens."""
    port = free_port()
    command = [kunserve, "serve", "--host", HOST, "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen(command + flags, stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(server, port, seconds=120)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=90)
        except subprocess.TimeoutExpired:
            server.kill()


def bench(kunserve: str, port: int, result: str, flags: list[str]) -> subprocess.Popen:
    """Begins a load on the server; its result goes to a file with everything about each request."""
    command = [kunserve, "bench", "serve", "--host", HOST, "--port", str(port), "--disable-tqdm"]
    command += ["--save-result", "--save-detailed", "--result-dir", os.path.dirname(result)]
    command += ["--result-filename", os.path.basename(result)]
    return subprocess.Popen(command + flags, stdout=subprocess.DEVNULL)


def outcome(load: subprocess.Popen, result: str, seconds: float) -> dict:
    """What a load that has begun comes to; every one of its answers must be complete."""
    try:
        load.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        load.kill()
        raise SystemExit(f"the load did not end within {seconds:.0f} s")
    with open(result) as file:
        told = json.load(file)
    if told["completed"] != told["num_prompts"]:
        raise SystemExit(f"{told['completed']} of {told['num_prompts']} answers are complete")
    return told
