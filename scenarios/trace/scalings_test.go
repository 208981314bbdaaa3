package trace

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func deploymentObject(name string, replicas any) string {
	return fmt.Sprintf(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":%q,"namespace":"ns"},"spec":{"replicas":%v,"template":{"spec":{}}}}`, name, replicas)
}

func TestScalings(t *testing.T) {
	created := auditLine("create", "deployments", "", "00:10", `,"responseObject":`+deploymentObject("web", 2))
	answered := func(object string) string { return `,"responseObject":` + object }
	asked := func(object string) string { return `,"requestObject":` + object }
	set := deploymentObject("web", 1)
	set = strings.Replace(set, `"Deployment"`, `"ReplicaSet"`, 1)
	owned := strings.Replace(set, `"namespace":"ns"`, `"namespace":"ns","ownerReferences":[{"kind":"Deployment","name":"web","controller":true}]`, 1)
	after := func(d time.Duration, n int32) Scaling { return Scaling{After: d, Replicas: n} }
	tests := map[string]struct {
		text  string
		want  []Scaling
		notes []string
	}{
		"up and down": {lineAt("5", "ADDED", deploymentObject("web", 2)) + lineAt("65", "MODIFIED", deploymentObject("web", 4)) + lineAt("125", "MODIFIED", deploymentObject("web", 0)),
			[]Scaling{after(time.Minute, 4), after(2*time.Minute, 0)}, nil},
		"other changes scale nothing": {lineAt("5", "ADDED", deploymentObject("web", 2)) + lineAt("65", "MODIFIED", deploymentObject("web", 2)), nil, nil},
		"told again after a gap":      {lineAt("5", "ADDED", deploymentObject("web", 2)) + lineAt("65", "ADDED", deploymentObject("web", 3)), []Scaling{after(time.Minute, 3)}, nil},
		"1 if it is not said":         {lineAt("5", "ADDED", deploymentObject("web", "null")) + lineAt("65", "MODIFIED", deploymentObject("web", 1)), nil, nil},
		"lines out of order":          {lineAt("5", "ADDED", deploymentObject("web", 2)) + lineAt("65", "MODIFIED", deploymentObject("web", 4)) + lineAt("60", "MODIFIED", deploymentObject("web", 3)), []Scaling{after(time.Minute, 4), after(time.Minute, 3)}, nil},
		"a life of its own": {lineAt("5", "ADDED", deploymentObject("web", 2)) + lineAt("6", "DELETED", deploymentObject("web", 9)) + lineAt("7", "ADDED", deploymentObject("web", 3)),
			nil, nil},
		"its ReplicaSet follows": {lineAt("5", "ADDED", deploymentObject("web", 1)) + lineAt("5", "ADDED", owned) + lineAt("65", "MODIFIED", strings.Replace(owned, `"replicas":1`, `"replicas":4`, 1)),
			nil, []string{"1 owned objects are left to their controllers, which are in the trace too"}},
		"a ReplicaSet":        {lineAt("5", "ADDED", set) + lineAt("65", "MODIFIED", strings.Replace(set, `"replicas":1`, `"replicas":4`, 1)), []Scaling{after(time.Minute, 4)}, nil},
		"a watch of no times": {undated(2) + undated(4), nil, []string{"1 scalings are left out: their moment is unknown"}},

		"answer to an update":    {created + auditLine("update", "deployments", "web", "01:10", answered(deploymentObject("web", 5))), []Scaling{after(time.Minute, 5)}, nil},
		"answer with a Scale":    {created + auditLine("patch", "deployments/scale", "web", "01:10", answered(`{"kind":"Scale","spec":{"replicas":5}}`)), []Scaling{after(time.Minute, 5)}, nil},
		"only what was asked":    {created + auditLine("patch", "deployments/scale", "web", "01:10", asked(`{"spec":{"replicas":5}}`)), []Scaling{after(time.Minute, 5)}, nil},
		"a patch of operations":  {created + auditLine("patch", "deployments/scale", "web", "01:10", asked(`[{"op":"replace"}]`)), nil, []string{"1 scalings are left out: the log does not tell to how many replicas"}},
		"a patch of other parts": {created + auditLine("patch", "deployments", "web", "01:10", asked(`{"spec":{"paused":true}}`)), nil, nil},
		"a stranger":             {created + auditLine("patch", "deployments/scale", "db", "01:10", asked(`{"spec":{"replicas":5}}`)), nil, []string{"1 scalings are left out: the trace did not bring the objects"}},
		"refused":                {created + auditLine("patch", "deployments/scale", "web", "01:10", asked(`{"spec":{"replicas":5}}`)+`,"responseStatus":{"code":409}`), nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readJSONL(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.Rows[0].Scalings); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.notes, got.Notes); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := readJSONL(lineAt(`"1900-01-01T00:00:00Z"`, "ADDED", deploymentObject("web", 2)) + lineAt(`"2100-01-01T00:00:00Z"`, "MODIFIED", deploymentObject("web", 3))); err == nil ||
		err.Error() != "w.jsonl: spans more than 100 years, from 1900-01-01 on; is a date wrong?" {
		t.Errorf("got %v", err)
	}
	if _, err := readJSONL(lineAt("5", "ADDED", deploymentObject("web", 2)) + lineAt("6", "MODIFIED", deploymentObject("web", -1))); err == nil ||
		err.Error() != "w.jsonl:2:1: spec.replicas: got -1; want 0 to 10000000" {
		t.Errorf("got %v", err)
	}
}

// undated is a line of a watch without a time.
func undated(replicas int) string {
	object := strings.Replace(deploymentObject("web", replicas), `"name":`, `"creationTimestamp":"2026-01-01T00:00:00Z","name":`, 1)
	return `{"type":"MODIFIED","object":` + object + "}\n"
}

// Scalings survive the way from JSONL to CSV and back.
func TestScalingsAsCSV(t *testing.T) {
	text := lineAt("5", "ADDED", deploymentObject("web", 2)) + lineAt("65.5", "MODIFIED", deploymentObject("web", 4)) + lineAt("125", "MODIFIED", deploymentObject("web", 0))
	r, err := Open("w.jsonl", strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, r.Columns())
	for row, ok := r.Next(); ok && err == nil; row, ok = r.Next() {
		err = w.Write(r, &row)
	}
	if err != nil || w.Flush() != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), ",60.5=4;120=0\n") {
		t.Errorf("got %s", out.String())
	}
	got, err := readAll("t.csv", bytes.NewReader(out.Bytes()), Options{Format: CSV})
	if err != nil {
		t.Fatal(err)
	}
	want := []Scaling{{60500 * time.Millisecond, 4}, {2 * time.Minute, 0}}
	if diff := cmp.Diff(want, got.Rows[0].Scalings); diff != "" {
		t.Error(diff)
	}
}

func TestWrongScalings(t *testing.T) {
	for row, want := range map[string]string{
		"1,web,,10m=5;1h30m=2": "",
		"1,web,,10m":           `t.csv:2:8: scalings: got "10m"; want times with numbers of replicas, such as 10m=5;1h30m=2`,
		"1,web,,10m=-5":        `t.csv:2:8: scalings: got "10m=-5"; want times with numbers of replicas, such as 10m=5;1h30m=2`,
		"1,web,,10m=10000001":  `t.csv:2:8: scalings: got "10m=10000001"; want times with numbers of replicas, such as 10m=5;1h30m=2`,
		"1,web,,2h=1;1h=2":     `t.csv:2:8: scalings: 1h=2 comes before the one on its left; want them in order of time`,
		"1,,1,10m=5":           `t.csv:2:6: scalings: a Pod has no replicas; want a Deployment, a ReplicaSet, a ReplicationController`,
	} {
		_, err := readAll("t.csv", strings.NewReader("time,template,cpu,scalings\n"+row+"\n"), Options{Format: CSV})
		if got := fmt.Sprint(err); got != want && !(want == "" && err == nil) {
			t.Errorf("%s:\n got %s\nwant %s", row, got, want)
		}
	}
}
