package page

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
)

// gridEncoding is how the bytes of a grid are written: a browser takes them apart
// by atob and DecompressionStream.
const gridEncoding = "deflate-raw+base64"

// pack compresses the bytes of a grid to text.
func pack(cells []byte) (string, error) {
	var b bytes.Buffer
	text := base64.NewEncoder(base64.StdEncoding, &b)
	w, err := flate.NewWriter(text, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(cells); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	if err := text.Close(); err != nil {
		return "", err
	}
	return b.String(), nil
}
