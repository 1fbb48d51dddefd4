"""Times networks of torch, onnxruntime and OpenCV, case by case, for `VizBench networks --peer`.

Every line of standard input is a question in JSON (Sources/VizBench/NetworkBench.swift), every line of
standard output the answer: for each library the milliseconds of some runs, and how far its result is from
the one in the question. A question of nothing but a turn asks for more runs of the last network. Libraries that
are not installed, or cannot run a network, are left out.
"""

import sys

import numpy as np

from peer import milliseconds, serve


def torch_runner(question, x):
    import torch
    from safetensors.torch import load_file

    torch.set_num_threads(question["jobs"])
    weights = load_file(question["weights"])
    if question.get("torchvision"):
        import torchvision

        network = torchvision.models.get_model(question["torchvision"], weights=None)
        network.load_state_dict(weights, strict=False)
    else:
        filters = weights["conv.weight"]
        groups = question["groups"]
        network = torch.nn.Conv2d(
            filters.shape[1] * groups, filters.shape[0], filters.shape[2], question["stride"],
            question["padding"], groups=groups)
        network.load_state_dict({"weight": filters, "bias": weights["conv.bias"]})
    network.eval()
    tensor = torch.from_numpy(x)

    def run():
        with torch.inference_mode():
            return network(tensor).numpy()

    return run


def onnxruntime_runner(question, x):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = question["jobs"]
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        question["onnx"], options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: x})[0]


def opencv_runner(question, x):
    import cv2

    cv2.setNumThreads(question["jobs"])
    network = cv2.dnn.readNetFromONNX(question["onnx"])

    def run():
        network.setInput(x)
        return network.forward()

    return run


RUNNERS = {"torch": torch_runner, "onnxruntime": onnxruntime_runner, "opencv": opencv_runner}

# By library, what runs the network of the last question.
runs = {}


def answer(question):
    if "source" not in question:
        return {"milliseconds": times(question["turn"]), "differences": {}}
    runs.clear()
    x = np.fromfile(question["source"], "float32").reshape(question["shape"])
    expected = np.fromfile(question["result"], "float32").reshape(question["resultShape"])
    differences = {}
    for name, runner in RUNNERS.items():
        try:
            run = runner(question, x)
            result = run()
        except Exception as error:
            print(f"{name}: {error}".splitlines()[0], file=sys.stderr)
            continue
        difference = np.abs(result.astype(np.float64) - expected).max()
        differences[name] = float(difference / np.abs(expected).max())
        runs[name] = run
    return {"milliseconds": times(question["turn"]), "differences": differences}


def times(turn):
    return {name: milliseconds(run, turn) for name, run in runs.items()}


def versions():
    found = []
    for name, module in [("torch", "torch"), ("onnxruntime", "onnxruntime"), ("OpenCV", "cv2")]:
        try:
            found.append(f"{name} {__import__(module).__version__}")
        except ImportError:
            pass
    return ", ".join(found)


serve(versions(), answer)
