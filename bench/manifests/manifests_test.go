package manifests

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The manifests of the list come to what was read off them. They are not part of podsim:
// PODSIM_MANIFESTS names the folder that holds them.
func TestPublicManifestsComeToWhatWasReadOffThem(t *testing.T) {
	folder := os.Getenv("PODSIM_MANIFESTS")
	if folder == "" {
		t.Skip("PODSIM_MANIFESTS names no folder of manifests")
	}
	for _, e := range entries(t) {
		t.Run(e.Project, func(t *testing.T) {
			result, err := Run(&e, folder)
			if err != nil {
				t.Fatal(err)
			}
			if !result.Met() {
				t.Errorf("got %v, want %v; surplus %v, waiting %v", result.Counts, e.Expected, result.Surplus, result.Waiting)
			}
		})
	}
}

func entries(t *testing.T) []Entry {
	t.Helper()
	list, err := Entries()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheListIsWhole(t *testing.T) {
	list := entries(t)
	if len(list) < 20 {
		t.Errorf("%d projects", len(list))
	}
	for _, e := range list {
		if len(e.Files) == 0 || len(e.Expected) == 0 || len(e.Commit) != 40 || len(e.SHA256) != 64 || !strings.Contains(e.Repository, "/") || e.Licence == "" {
			t.Errorf("%s is not whole: %+v", e.Project, e)
		}
	}
}

func TestListsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"file a.yaml":                        "line 1: file before any project",
		"project a\n  colour red":            `line 2: unknown word "colour"`,
		"project a\n\n  expect Pod a/b many": `line 3: expect: got "Pod a/b many"`,
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// An entry of a made-up project: what was expected wrongly, what is missing and what
// nobody expected is told.
func TestDifferencesAreTold(t *testing.T) {
	const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: ops}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: agent:1}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: once, image: once:1}]}}}
`
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "made", "up"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "made", "up", "app.yaml"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(manifest))
	e := Entry{Project: "up", Repository: "made/up", Files: []string{"app.yaml"}, SHA256: hex.EncodeToString(sum[:]), Expected: []Expectation{
		{"Deployment default/web", 2}, {"Job default/once", 1}, {"StatefulSet default/db", 3},
	}}
	result, err := Run(&e, folder)
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Counts; got[0] != 2 || got[1] != 1 || got[2] != Gone || result.Met() {
		t.Errorf("got %v", got)
	}
	var b strings.Builder
	if err := Print(&b, []*Result{result}, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"up: StatefulSet default/db: got -1, want 3\n", "up: DaemonSet ops/agent was not expected\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("got\n%swant %s", b.String(), want)
		}
	}
	e.SHA256 = strings.Repeat("0", 64)
	if _, err := Run(&e, folder); err == nil || !strings.Contains(err.Error(), "the files are not those of commit") {
		t.Errorf("got %v", err)
	}
	e.Files = []string{"other.yaml"}
	if _, err := Run(&e, folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
