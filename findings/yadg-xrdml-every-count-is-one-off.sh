#!/usr/bin/env bash
# yadg 7.0.1 and xrayutilities 1.8.0 on one XRDML 1.5 file (PANalytical): what becomes of counts and of their uncertainty.
#
# Expected: 10 000 counts in 10 s come back as 10 000 counts, and whoever adds an uncertainty says 100 (Poisson).
# Seen: yadg gives every point the standard deviation 1, a peak of 10 000 counts and a background of 100 alike, and writes
# it into the dataset beside the values (`intensity_uncertainty`): whoever weighs by it believes the peak a hundred times
# too much. xrayutilities' `getxrdml_scan` divides by the counting time without saying so: 1000 where the file says 10 000, so
# that Poisson's square root taken of it is wrong by the root of ten.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check yadg==7.0.1 xrayutilities==1.8.0
cat > "$work/scan.xrdml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5" status="Completed">
  <comment><entry>Configuration=Spinner, Owner=lab, Creation date=1/1/2026 8:00:00 AM</entry><entry>Sample stage=Spinner</entry></comment>
  <sample type="To be analyzed"><id>S1</id><name>S1</name><preparedBy>lab</preparedBy></sample>
  <xrdMeasurement measurementType="Scan" status="Completed" sampleMode="Reflection">
    <comment><entry>Optics set</entry><entry>PHD Lower Level = 4.02 (keV), PHD Upper Level = 11.27 (keV)</entry></comment>
    <usedWavelength intended="K-Alpha 1"><kAlpha1 unit="Angstrom">1.5405980</kAlpha1><kAlpha2 unit="Angstrom">1.5444260</kAlpha2>
      <kBeta unit="Angstrom">1.3922500</kBeta><ratioKAlpha2KAlpha1>0.5000</ratioKAlpha2KAlpha1></usedWavelength>
    <incidentBeamPath><radius unit="mm">240.00</radius></incidentBeamPath>
    <diffractedBeamPath><radius unit="mm">240.00</radius></diffractedBeamPath>
    <scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed">
      <header><startTimeStamp>2026-01-01T00:00:00+00:00</startTimeStamp><endTimeStamp>2026-01-01T00:01:00+00:00</endTimeStamp></header>
      <dataPoints>
        <positions axis="2Theta" unit="deg"><startPosition>20.0</startPosition><endPosition>20.4</endPosition></positions>
        <positions axis="Omega" unit="deg"><startPosition>10.0</startPosition><endPosition>10.2</endPosition></positions>
        <commonCountingTime unit="seconds">10.00</commonCountingTime>
        <intensities unit="counts">100 900 10000 900 100</intensities>
      </dataPoints>
    </scan>
  </xrdMeasurement>
</xrdMeasurements>
XML
cat > "$work/try.py" <<'PY'
import logging, sys, warnings
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
from yadg.extractors import extract
import xrayutilities
read = extract(filetype="panalytical.xrdml", path=sys.argv[1]).to_dataset()
print("yadg", read["intensity"].values.ravel().tolist(), "+-", read["intensity_uncertainty"].values.tolist())
_, rates = xrayutilities.io.getxrdml_scan(sys.argv[1])
print("xrayutilities", rates.tolist())
PY
seen=$("$work/env/bin/python" "$work/try.py" "$work/scan.xrdml" 2>/dev/null)
echo "$seen"
[ "$seen" = "yadg [100.0, 900.0, 10000.0, 900.0, 100.0] +- 1.0
xrayutilities [10.0, 90.0, 1000.0, 90.0, 10.0]" ]
