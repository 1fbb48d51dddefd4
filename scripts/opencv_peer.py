"""Times filters of the OpenCV that Python has, case by case, for `VizBench --peer`.

Every line of standard input is a question in JSON (Sources/VizBench/OpenCVPeer.swift), every line of
standard output the answer: the median of a call's milliseconds, and how far its result is from the
one in the question. Calls write into memory that is there already.
"""

import cv2
import numpy as np

from peer import median_milliseconds, serve

EDGE = cv2.BORDER_REPLICATE


def prepared(call, numbers, source, target):
    """The call as a function without parameters."""
    depth = {np.uint8: cv2.CV_8U, np.uint16: cv2.CV_16U, np.int16: cv2.CV_16S, np.float32: cv2.CV_32F}[
        target.dtype.type
    ]
    if call == "gray":
        return lambda: cv2.cvtColor(source, cv2.COLOR_RGB2GRAY, dst=target)
    if call == "sobel-x":
        return lambda: cv2.Sobel(source, depth, 1, 0, dst=target, ksize=3, borderType=EDGE)
    if call == "sobel-magnitude":
        x, y, length = (np.zeros(source.shape, np.float32) for _ in range(3))

        def magnitude():
            cv2.Sobel(source, cv2.CV_32F, 1, 0, dst=x, ksize=3, borderType=EDGE)
            cv2.Sobel(source, cv2.CV_32F, 0, 1, dst=y, ksize=3, borderType=EDGE)
            cv2.magnitude(x, y, magnitude=length)
            cv2.convertScaleAbs(length, dst=target)

        return magnitude
    if call == "correlation":
        width, height = int(numbers[0]), int(numbers[1])
        taps = np.array(numbers[2:], np.float32).reshape(height, width)
        return lambda: cv2.filter2D(source, depth, taps, dst=target, borderType=EDGE)
    if call == "gaussian":
        sigma, size = numbers[0], int(numbers[1])
        return lambda: cv2.GaussianBlur(source, (size, size), sigma, dst=target, borderType=EDGE)
    if call == "box":
        size = int(numbers[0])
        return lambda: cv2.boxFilter(source, -1, (size, size), dst=target, borderType=EDGE)
    if call == "median":
        return lambda: cv2.medianBlur(source, int(numbers[0]), dst=target)
    if call == "canny":
        return lambda: cv2.Canny(source, numbers[0], numbers[1], edges=target)
    raise ValueError(f"no call named {call}")


def answer(question):
    cv2.setNumThreads(question["jobs"])
    size = (question["height"], question["width"])
    channels = (question["channels"],) if question["channels"] > 1 else ()
    source = np.fromfile(question["source"], question["sourceType"]).reshape(size + channels)
    expected = np.fromfile(question["result"], question["resultType"]).reshape(size)
    target = np.zeros(size, question["resultType"])
    run = prepared(question["call"], question["numbers"], source, target)
    milliseconds = median_milliseconds(run)
    difference = np.abs(target.astype(np.float64) - expected).max()
    return {"milliseconds": milliseconds, "difference": float(difference)}


serve(cv2.__version__, answer)
