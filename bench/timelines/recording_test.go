package timelines

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDamageIsFoundWhereItIs(t *testing.T) {
	tests := []struct{ rule, file, text, want string }{
		{"half a line", "timeline.jsonl", "{\"t\":0}\n{\"t\":", "timeline.jsonl:2: "},
		{"half a line of what is shared", "stable.jsonl", "\n{", "stable.jsonl:2: "},
		{"a fact about nothing", "stable.jsonl", "{\"fact\":\"Pod added\",\"t\":[0,0]}\n", "stable.jsonl:1: got \"Pod added\""},
		{"no archive", "timeline.run2.jsonl.gz", "{}", "timeline.run2.jsonl.gz: "},
		{"a list of actions", "actions.yaml", "- at: 0\n", "actions.yaml: document 1: want an object"},
		{"two files of actions", "actions.yaml", "about: a\n---\nabout: b\n", "actions.yaml: got 2 documents; want one"},
		{"words for a moment", "actions.yaml", "actions: [{at: soon}]\n", "actions.yaml: action 1: "},
		{"an unknown manifest", "actions.yaml", "actions: [{at: 0, create: [shoop.yaml]}]\n", `no manifest is called "shoop.yaml"`},
		{"no YAML", "manifests/nodes.yaml", "a: [", "manifests/nodes.yaml:1"},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.CopyFS(folder, os.DirFS("testdata/shop")); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, test.file), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Read(folder); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v; want %s", err, test.want)
			}
		})
	}
}

func TestDelaysThatAreNoneAreRefused(t *testing.T) {
	pod := object(t, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"fake/start-delay":"soon"}},
		"spec":{"containers":[{"name":"c","image":"app"}]}}`)
	_, err := Translate(&Recording{Actions: []Action{{Create: []string{"a.yaml"}}}, Files: map[string][]Object{"a.yaml": {pod}}})
	if err == nil || !strings.Contains(err.Error(), "actions.yaml: action 1: Pod/a: annotation fake/start-delay: ") {
		t.Errorf("got %v", err)
	}
}

func TestComparisonsAsJSON(t *testing.T) {
	var b bytes.Buffer
	if err := PrintJSON(&b, []*Comparison{compared(t, "testdata/shop", 1)}); err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Recording string
		Total     Tally
		First     Difference
		Facts     []FactResult
	}
	if err := json.Unmarshal(b.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Recording != "shop" || list[0].Total.Misdated != 1 || list[0].First.At != 8 || len(list[0].Facts) < 60 {
		t.Errorf("got %+v", list)
	}
}

func TestFoldersAreLookedFor(t *testing.T) {
	for _, given := range []string{"testdata", "testdata/shop"} {
		if folders, err := Folders([]string{given}); err != nil || len(folders) != 1 || folders[0] != filepath.Join("testdata", "shop") {
			t.Errorf("%s: got %q, %v", given, folders, err)
		}
	}
	for _, given := range [][]string{nil, {"testdata/shop/out"}, {"nowhere"}} {
		if folders, err := Folders(given); err == nil {
			t.Errorf("%q: got %q; want an error", given, folders)
		}
	}
}
