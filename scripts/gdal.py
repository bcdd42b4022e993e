#!/usr/bin/env python3
"""GDAL reads what we write: the live GeoPackage, the links and the exports of the service at BASE_URL.

Run inside with-demo. Debian's GDAL bindings are needed; closes with "N passed, N failed".
"""

import glob
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

from osgeo import gdal, ogr
from osgeo_utils.samples import validate_gpkg

gdal.UseExceptions()
ogr.UseExceptions()

BASE = os.environ["BASE_URL"]
STORE = os.environ["WANGGE_STORE_ARGS"].split()
BINARY = os.path.join(os.environ["CARGO_TARGET_DIR"], "debug", "wangge")
MAPPED = ("villages", "grids", "microgrids", "squares", "facilities", "households", "devices", "reports")
passed = failed = 0


def check(what, problem):
    """One check: `problem` is empty when all is well."""
    global passed, failed
    if problem:
        failed += 1
        print(f"  FAILED  {what}: {problem}")
    else:
        passed += 1
        print(f"  ok      {what}")


def get(path):
    with urllib.request.urlopen(urllib.parse.urljoin(BASE, path), timeout=120) as answer:
        return answer.read()


def counter_clockwise(ring):
    """Whether a ring of [lon, lat] runs counter-clockwise (shoelace, about its first vertex)."""
    x0, y0 = ring[0][:2]
    twice = sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in zip(ring, ring[1:]))
    return twice > 0


def right_hand(geometry):
    """RFC 7946: outer rings counter-clockwise, holes clockwise, closed."""
    kind = geometry and geometry["type"]
    polygons = {"Polygon": lambda: [geometry["coordinates"]], "MultiPolygon": lambda: geometry["coordinates"]}.get(kind, list)()
    return all(
        ring[0] == ring[-1] and counter_clockwise(ring) == (place == 0)
        for polygon in polygons
        for place, ring in enumerate(polygon)
    )


def read_by_gdal(path, count, spatial):
    """What is wrong with a file as GDAL sees it, or an empty string."""
    try:
        layer_of = gdal.OpenEx(path, gdal.OF_VECTOR)
        layer = layer_of.GetLayer(0)
        found = layer.GetFeatureCount()
        if found != count:
            return f"{found} features, expected {count}"
        if spatial:
            broken = [f.GetFID() for f in layer if f.geometry() is not None and not f.geometry().IsValid()]
            if broken:
                return f"{len(broken)} invalid geometries, the first: {broken[0]}"
    except RuntimeError as error:
        return str(error)
    return ""


def check_geopackage(folder):
    files = sorted(glob.glob(os.path.join(folder, "**", "*.gpkg"), recursive=True))
    check("a GeoPackage stands in the data folder", "" if files else f"none in {folder}")
    for path in files:
        name = os.path.basename(path)
        # Its own process: a descriptor on the file closed in ours would say nothing about the service's, but stay apart anyway.
        run = subprocess.run([sys.executable, validate_gpkg.__file__, path], capture_output=True, text=True)
        check(f"validate_gpkg {name} (live)", "" if run.returncode == 0 else (run.stdout + run.stderr)[-2000:])
        run = subprocess.run(["ogrinfo", "-ro", "-so", path], capture_output=True, text=True)
        check(f"ogrinfo {name} (live)", "" if run.returncode == 0 and "Error" not in run.stderr else run.stderr[-2000:])
        layers = [line.split(": ", 1)[1].split(" (")[0] for line in run.stdout.splitlines() if line[:1].isdigit()]
        check(f"{name} has layers", "" if layers else run.stdout)
        counts = json.loads(get("/api/v1/area"))["counts"]
        for layer in MAPPED:
            run = subprocess.run(["ogrinfo", "-ro", "-so", path, layer], capture_output=True, text=True)
            found = [line.split(": ")[1] for line in run.stdout.splitlines() if line.startswith("Feature Count: ")]
            check(f"{name}: layer {layer} by ogrinfo", "" if found == [str(counts[layer])] else f"{found}, expected {counts[layer]}")
        for layer in layers[:1]:
            before = get("/api/v1/area")
            run = subprocess.run(["ogrinfo", path, "-sql", f'DELETE FROM "{layer}"'], capture_output=True, text=True)
            refused = "ERROR" in run.stderr.upper() or run.returncode != 0
            check(f"{name}: a write by another program is refused", "" if refused else "it was let through")
            same = json.loads(before)["counts"] == json.loads(get("/api/v1/area"))["counts"]
            check(f"{name}: nothing was lost by the attempt", "" if same else "the counts differ")


def check_layers(work):
    layers = json.loads(get("/api/v1/layers"))
    check("the service lists its layers", "" if layers else "an empty list")
    for layer in layers:
        name, count, spatial = layer["name"], layer["count"], layer["geometry"] is not None
        if spatial:
            path = os.path.join(work, f"{name}.geojson")
            body = get(layer["links"]["geojson"])
            with open(path, "wb") as file:
                file.write(body)
            check(f"{name}.geojson by link", read_by_gdal(path, count, spatial))
            left = [f["id"] for f in json.loads(body)["features"] if not right_hand(f["geometry"])]
            check(f"{name}.geojson: right-hand rings", f"{len(left)} features wind the other way, the first: {left[0]}" if left else "")
        for form in ("geojson", "csv") if spatial else ("csv",):
            path = os.path.join(work, f"export-{name}.{form}")
            run = subprocess.run(
                [BINARY, "export", name, *STORE, "--format", form, "--out", path], capture_output=True, text=True
            )
            problem = read_by_gdal(path, count, False) if run.returncode == 0 else run.stderr[-2000:]
            check(f"wangge export {name} --format {form}", problem)


if STORE[0] == "--data":
    check_geopackage(STORE[1])
with tempfile.TemporaryDirectory(prefix="wangge-gdal.") as work:
    check_layers(work)
print(f"\n{passed} passed, {failed} failed")
sys.exit(failed > 0)
