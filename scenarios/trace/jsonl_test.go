package trace

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// podObject is a pod as a server writes it, with more fields of its metadata.
func podObject(name, metadata string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q%s},"spec":{"containers":[{"name":"c"}]}}`, name, metadata)
}

func lineAt(time, kind, object string) string {
	return fmt.Sprintf(`{"time":%s,"type":%q,"object":%s}`+"\n", time, kind, object)
}

func readJSONL(text string) (*whole, error) {
	return readAll("w.jsonl", strings.NewReader(text), Options{Format: JSONL})
}

// brief is what tests of lives look at.
type brief struct {
	Name     string
	At       float64
	Lifetime time.Duration
	RunTime  time.Duration
}

func briefs(w *whole) []brief {
	var list []brief
	for i, row := range w.Rows {
		list = append(list, brief{w.Names[i], row.At.Seconds(), row.Lifetime, row.RunTime})
	}
	return list
}

func TestLives(t *testing.T) {
	owned := func(kind, name string) string {
		return fmt.Sprintf(`,"ownerReferences":[{"kind":%q,"name":%q,"controller":true}]`, kind, name)
	}
	job := `{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"},"spec":{"template":{"spec":{}}}}`
	ended := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"j-1"` + owned("Job", "j") + `},"spec":{"restartPolicy":"Never"},` +
		`"status":{"phase":"Succeeded","containerStatuses":[{"state":{"terminated":{"startedAt":"2026-01-01T00:00:00Z","finishedAt":"2026-01-01T00:00:42Z"}}}]}}`
	tests := map[string]struct {
		text  string
		want  []brief
		notes []string
	}{
		"seconds count as they are": {lineAt("5", "ADDED", podObject("a", "")) + lineAt(`"1m"`, "DELETED", podObject("a", "")),
			[]brief{{"a", 5, 55 * time.Second, -1}}, nil},
		"dates count from the first": {lineAt(`"2026-03-01T10:00:05Z"`, "ADDED", podObject("b", "")) + lineAt(`"2026-03-01T10:00:00Z"`, "ADDED", podObject("a", "")),
			[]brief{{"a", 0, -1, -1}, {"b", 5, -1, -1}}, nil},
		"seconds since 1970 are dates": {lineAt("1700000000", "ADDED", podObject("a", "")), []brief{{"a", 0, -1, -1}}, nil},
		"a watch without times": {`{"type":"ADDED","object":` + podObject("a", `,"creationTimestamp":"2026-01-01T00:00:10Z"`) + "}\n" +
			`{"type":"ADDED","object":` + podObject("b", `,"creationTimestamp":"2026-01-01T00:00:00Z"`) + "}\n" +
			`{"type":"DELETED","object":` + podObject("b", `,"creationTimestamp":"2026-01-01T00:00:00Z","deletionTimestamp":"2026-01-01T00:01:30Z","deletionGracePeriodSeconds":30`) + "}\n" +
			`{"type":"DELETED","object":` + podObject("a", `,"creationTimestamp":"2026-01-01T00:00:10Z"`) + "}\n",
			[]brief{{"b", 0, time.Minute, -1}, {"a", 10, -1, -1}}, []string{"1 deletions are left out: their moment is unknown"}},
		"the deletion was asked for earlier": {lineAt(`"2026-01-01T00:00:00Z"`, "ADDED", podObject("a", "")) +
			lineAt(`"2026-01-01T00:01:00Z"`, "MODIFIED", podObject("a", `,"deletionTimestamp":"2026-01-01T00:01:30Z","deletionGracePeriodSeconds":30`)) +
			lineAt(`"2026-01-01T00:01:20Z"`, "DELETED", podObject("a", "")),
			[]brief{{"a", 0, time.Minute, -1}}, nil},
		"twice by one name":    {lineAt("1", "ADDED", podObject("a", "")) + lineAt("2", "DELETED", podObject("a", "")) + lineAt("3", "ADDED", podObject("a", "")), []brief{{"a", 1, time.Second, -1}, {"a", 3, -1, -1}}, nil},
		"listed again":         {lineAt("1", "ADDED", podObject("a", `,"uid":"1"`)) + lineAt("2", "ADDED", podObject("a", `,"uid":"1"`)), []brief{{"a", 1, -1, -1}}, nil},
		"replaced unseen":      {lineAt("1", "ADDED", podObject("a", `,"uid":"1"`)) + lineAt("2", "ADDED", podObject("a", `,"uid":"2"`)), []brief{{"a", 1, time.Second, -1}, {"a", 2, -1, -1}}, nil},
		"first seen modified":  {lineAt("1", "MODIFIED", podObject("a", "")), []brief{{"a", 1, -1, -1}}, nil},
		"deleted, never seen":  {lineAt("1", "ADDED", podObject("a", "")) + lineAt("1", "DELETED", podObject("b", "")), []brief{{"a", 1, -1, -1}}, []string{"1 deletions are left out: the trace did not bring the objects"}},
		"other kinds":          {lineAt("1", "ADDED", podObject("a", "")) + lineAt("1", "ADDED", `{"kind":"Node"}`), []brief{{"a", 1, -1, -1}}, []string{"1 lines are about objects of kind Node, which are left out"}},
		"owner in the trace":   {lineAt("1", "ADDED", ended) + lineAt("2", "ADDED", job), []brief{{"j", 2, -1, 42 * time.Second}}, []string{"1 owned objects are left to their controllers, which are in the trace too"}},
		"owner elsewhere":      {lineAt("1", "ADDED", podObject("a", owned("Job", "x"))), []brief{{"a", 1, -1, -1}}, nil},
		"owner not simulated":  {lineAt("1", "ADDED", podObject("db-0", owned("StatefulSet", "db"))), []brief{{"db-0", 1, -1, -1}}, nil},
		"pods that have ended": {lineAt("1", "ADDED", strings.Replace(ended, `"j"`, `"k"`, 1)), []brief{{"j-1", 1, -1, 42 * time.Second}}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readJSONL(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, briefs(got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.notes, got.Notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func auditLine(verb, resource, name, at, more string) string {
	sub := ""
	resource, sub, _ = strings.Cut(resource, "/")
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":%q,"requestReceivedTimestamp":"2026-01-01T00:%sZ",`+
		`"objectRef":{"resource":%q,"subresource":%q,"namespace":"ns","name":%q}%s}`+"\n", verb, at, resource, sub, name, more)
}

func TestLogOfTheAudit(t *testing.T) {
	object := func(name string) string { return `,"responseObject":` + podObject(name, `,"namespace":"ns"`) }
	generated := `,"requestObject":{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"g-"},"spec":{}},"responseObject":{"kind":"Status"}`
	tests := map[string]struct {
		text  string
		want  []brief
		notes []string
	}{
		"create and delete": {auditLine("create", "pods", "", "00:10.5", object("a")) + auditLine("delete", "pods", "a", "00:20", ""),
			[]brief{{"a", 0, 9500 * time.Millisecond, -1}}, nil},
		"eviction":         {auditLine("create", "pods", "a", "00:10", object("a")) + auditLine("create", "pods/eviction", "a", "00:20", ""), []brief{{"a", 0, 10 * time.Second, -1}}, nil},
		"generated name":   {auditLine("create", "pods", "", "00:10", generated), []brief{{"g-1", 0, -1, -1}}, nil},
		"other requests":   {auditLine("create", "pods", "", "00:10", object("a")) + auditLine("patch", "pods", "a", "00:11", "") + auditLine("create", "pods/binding", "a", "00:12", "") + auditLine("get", "nodes", "a", "00:12", ""), []brief{{"a", 0, -1, -1}}, nil},
		"refused":          {auditLine("create", "pods", "", "00:10", object("a")) + auditLine("create", "pods", "b", "00:11", `,"responseStatus":{"code":403}`), []brief{{"a", 0, -1, -1}}, nil},
		"before its end":   {auditLine("create", "pods", "", "00:10", object("a")) + strings.Replace(auditLine("delete", "pods", "a", "00:11", ""), "ResponseComplete", "RequestReceived", 1), []brief{{"a", 0, -1, -1}}, nil},
		"other resources":  {auditLine("create", "pods", "", "00:10", object("a")) + auditLine("create", "secrets", "s", "00:11", ""), []brief{{"a", 0, -1, -1}}, []string{"1 requests are about secrets, which are left out"}},
		"whole collection": {auditLine("create", "pods", "", "00:10", object("a")) + auditLine("deletecollection", "pods", "", "00:11", ""), []brief{{"a", 0, -1, -1}}, []string{"1 deletions of collections are left out: the log does not tell of which objects"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readJSONL(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, briefs(got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.notes, got.Notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatTheServerWroteIsTakenOut(t *testing.T) {
	tests := map[string]struct{ object, want string }{
		"pod": {`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"n","uid":"u","labels":{"a":"b"},"annotations":{"c":"d"},"creationTimestamp":"2026-01-01T00:00:00Z"},` +
			`"spec":{"nodeName":"n1","containers":[{"name":"c","volumeMounts":[{"name":"kube-api-access-xyz"},{"name":"data"}]}],"volumes":[{"name":"kube-api-access-xyz"}]},"status":{"phase":"Running"}}`,
			`{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":"b"},"namespace":"n"},"spec":{"containers":[{"name":"c","volumeMounts":[{"name":"data"}]}]}}`},
		"pod of a user": {`{"apiVersion":"v1","kind":"Pod","spec":{"nodeName":"n1"}}`, `{"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{"nodeName":"n1"}}`},
		"job": {`{"apiVersion":"batch/v1","kind":"Job","metadata":{"uid":"u","labels":{"controller-uid":"u"}},"spec":{"selector":{"matchLabels":{"controller-uid":"u"}},` +
			`"template":{"metadata":{"creationTimestamp":null,"labels":{"job-name":"j","x":"y"}},"spec":{"priority":12345678901234567890}}}}`,
			`{"apiVersion":"batch/v1","kind":"Job","metadata":{},"spec":{"template":{"metadata":{"labels":{"x":"y"}},"spec":{"priority":12345678901234567890}}}}`},
	}
	for name, test := range tests {
		got, err := cleanObject([]byte(test.object))
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestJSONLProblems(t *testing.T) {
	good := lineAt("1", "ADDED", podObject("a", ""))
	tests := map[string]struct{ text, want string }{
		"empty":          {"", "w.jsonl:1:1: no objects that podsim simulates"},
		"nothing known":  {lineAt("1", "ADDED", `{"kind":"Node"}`), "w.jsonl:1:1: no objects that podsim simulates: 1 lines are about objects of kind Node, which are left out"},
		"not JSON":       {good + "{\n", "w.jsonl:2:1: not JSON: unexpected end of JSON input"},
		"wrong type":     {good + `{"type":5}` + "\n", "w.jsonl:2:1: type: got number; want string"},
		"unknown type":   {lineAt("1", "ADED", podObject("a", "")), `w.jsonl:1:1: type: unknown type "ADED"; did you mean "ADDED"? (known: ADDED, MODIFIED, DELETED, BOOKMARK, ERROR; or a line of the log of the audit)`},
		"no type":        {`{"time":1}`, "w.jsonl:1:1: type: type is missing (known: ADDED, MODIFIED, DELETED, BOOKMARK, ERROR; or a line of the log of the audit)"},
		"no object":      {`{"time":1,"type":"ADDED"}`, "w.jsonl:1:1: object: is missing"},
		"no kind":        {lineAt("1", "ADDED", `{}`), "w.jsonl:1:1: object.kind: is missing"},
		"no name":        {lineAt("1", "ADDED", `{"kind":"Pod"}`), "w.jsonl:1:1: object.metadata.name: is missing"},
		"bad name":       {lineAt("1", "ADDED", podObject("A b", "")), `w.jsonl:1:1: object.metadata.name: got "A b"; want lower-case letters, digits, - and ., at most 253`},
		"no time":        {`{"type":"ADDED","object":` + podObject("a", "") + "}", "w.jsonl:1:1: no time: want time, or metadata.creationTimestamp of the object"},
		"bad time":       {lineAt(`"soon"`, "ADDED", podObject("a", "")), `w.jsonl:1:1: time: got "soon"; want a date such as 2026-01-01T00:00:00Z, or seconds`},
		"mixed times":    {good + lineAt(`"2026-03-01T10:00:05Z"`, "ADDED", podObject("b", "")), "w.jsonl:2:1: time: some times are dates and some are seconds; want one of them"},
		"no spec":        {lineAt("1", "ADDED", `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}`), "w.jsonl:1:1: object.spec is missing"},
		"level Metadata": {auditLine("create", "pods", "a", "00:10", ""), "w.jsonl:1:1: neither responseObject nor requestObject; want the log at level Request or RequestResponse"},
		"bad date":       {auditLine("delete", "pods", "a", "xx", ""), `w.jsonl:1:1: requestReceivedTimestamp: got "2026-01-01T00:xxZ"; want a date such as 2026-01-01T00:00:00Z`},
		"a long span": {lineAt(`"1800-01-01T00:00:00Z"`, "ADDED", podObject("a", "")) + lineAt(`"2026-01-01T00:00:00Z"`, "ADDED", podObject("b", "")),
			"w.jsonl: spans more than 100 years, from 1800-01-01 on; is a date wrong?"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readJSONL(test.text)
			if err == nil {
				t.Fatalf("no error; want %s", test.want)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzReadJSONL(f *testing.F) {
	f.Add([]byte(lineAt("5", "ADDED", podObject("a", "")) + lineAt(`"1m"`, "DELETED", podObject("a", ""))))
	f.Add([]byte(`{"type":"ADDED","object":` + podObject("a", `,"creationTimestamp":"2026-01-01T00:00:10Z"`) + "}\n"))
	f.Add([]byte(auditLine("create", "pods", "a", "00:10", `,"responseObject":`+podObject("a", ""))))
	f.Fuzz(func(t *testing.T, data []byte) { checkFuzzed(t, data, JSONL) })
}
