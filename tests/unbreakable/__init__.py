"""Bad servers, bad data, bad endings: what they may not do to the reader."""
