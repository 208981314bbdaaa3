package trace

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
)

// packedRows is a CSV of many rows, packed.
func packedRows(t *testing.T, row string) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprintln(w, "time,name,cpu")
	for i := range 20_000 {
		fmt.Fprintf(w, row+"\n", i, i*7919)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestOfDamagedPackingOnlyTheDamageIsTold(t *testing.T) {
	packed := packedRows(t, "%d,p-%d,1")
	for i := range 14 {
		packed[len(packed)/2+i] ^= 0x5a
	}
	_, err := readAll("t.csv.gz", bytes.NewReader(packed), Options{Format: CSV, Quantity: quantity})
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "corrupt after") {
		t.Errorf("got %v, want one problem that tells of the damage", err)
	}
}

func TestWrongRowsInSoundPackingAreTold(t *testing.T) {
	_, err := readAll("t.csv.gz", bytes.NewReader(packedRows(t, "x%d,p-%d,1")), Options{Format: CSV, Quantity: quantity})
	if err == nil || strings.Contains(err.Error(), "corrupt") || !strings.Contains(err.Error(), "t.csv.gz:2:1: time") {
		t.Errorf("got %.200v, want the problems of the rows", err)
	}
}

func TestWhatIsNoTraceAtAllIsToldInOneLine(t *testing.T) {
	_, err := readAll("s.yaml", strings.NewReader("apiVersion: v1\nkind: Pod\n"), Options{Format: DLRM, Quantity: quantity})
	if want := "s.yaml:1:1: not a dlrm trace: none of its columns is there; want instance_sn, role, app_name, cpu_request, …"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
