package yamlnode

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type typeMeta struct {
	Kind       string `json:"kind,omitempty"`
	APIVersion string `json:"apiVersion,omitempty"`
}

type objectMeta struct {
	Name        string            `json:"name"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// quantity stands for types that are neither strings nor numbers.
type quantity struct{ text string }

type resourceName string

type container struct {
	Name      string                    `json:"name"`
	Image     string                    `json:"image"`
	Command   []string                  `json:"command,omitempty"`
	Requests  map[resourceName]quantity `json:"requests,omitempty"`
	Ports     []port                    `json:"ports,omitempty"`
	TTY       *bool                     `json:"tty,omitempty"`
	Forbidden string                    `json:"-"`
}

type port struct {
	Port int32 `json:"containerPort"`
}

type podTemplate struct {
	Metadata objectMeta `json:"metadata"`
	Spec     struct {
		Containers   []container       `json:"containers"`
		NodeSelector map[string]string `json:"nodeSelector"`
	} `json:"spec"`
}

type workload struct {
	typeMeta `json:",inline"`
	Metadata objectMeta `json:"metadata"`
	Spec     struct {
		Replicas *int32      `json:"replicas"`
		Template podTemplate `json:"template"`
	} `json:"spec"`
	Status any `json:"status"`
}

// sample holds a field of each kind.
type sample struct {
	Text     string         `yaml:"text"`
	Bool     bool           `yaml:"bool"`
	Int      int            `yaml:"int"`
	Int32    int32          `yaml:"int32"`
	Int8     int8           `yaml:"int8"`
	Uint     uint           `yaml:"uint"`
	Float    float64        `yaml:"float"`
	Float32  float32        `yaml:"float32"`
	Bytes    []byte         `yaml:"bytes"`
	List     []int          `yaml:"list"`
	Map      map[string]int `yaml:"map"`
	Inner    *sample        `yaml:"inner"`
	Any      any            `yaml:"any"`
	Wait     time.Duration  `yaml:"wait"`
	When     time.Time      `yaml:"when"`
	Pair     pair           `yaml:"pair"`
	Quantity quantity       `yaml:"quantity"`
	Channel  chan int       `yaml:"channel"`
	Untagged string
	*extra
	Extra *extra2 `yaml:",inline"`
}

type extra struct{ Lost string }

type extra2 struct {
	More string `yaml:"more"`
	Text int    `yaml:"text"` // hidden by that of sample
}

// pair decodes itself from a list of two.
type pair struct{ first, second int }

func (p *pair) UnmarshalNode(n *Node, d *Decoder) error {
	if n.Kind == Map {
		if !d.Field(n, "first", &p.first) {
			d.Problemf(n, "missing field %q", "first")
		}
		return nil
	}
	if len(n.Items) != 2 {
		return errors.New("want two items")
	}
	d.Into(n.Item(0), &p.first)
	d.Into(n.Item(1), &p.second)
	return nil
}

func newDecoder() *Decoder {
	d := NewDecoder()
	d.Hook(reflect.TypeFor[quantity](), func(n *Node, v reflect.Value) error {
		if n.Kind != Int && n.Kind != Float && n.Kind != String {
			return n.Want("a quantity")
		}
		if strings.HasPrefix(n.Text, "x") {
			return fmt.Errorf("invalid quantity %q", n.Text)
		}
		v.Set(reflect.ValueOf(quantity{n.Text}))
		return nil
	})
	return d
}

func parseOne(t *testing.T, text string) *Node {
	t.Helper()
	documents, err := Parse("f", strings.NewReader(text))
	if err != nil || len(documents) != 1 {
		t.Fatalf("%d documents, %v", len(documents), err)
	}
	return documents[0].Root
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct{ rule, text, want string }{
		{"unknown field", "txt: a", `f:1:1: txt: unknown field "txt"; did you mean "text"?`},
		{"unknown field in another case", "Text: a", `f:1:1: Text: unknown field "Text"; did you mean "text"?`},
		{"unknown field far from all", "a: 1\nelsewhere: a", "f:1:1: a: unknown field \"a\"\nf:2:1: elsewhere: unknown field \"elsewhere\""},
		{"string for a whole number", "int: abc", `f:1:6: int: got a string "abc"; want a whole number`},
		{"quoted whole number", `int: "5"`, `f:1:6: int: got a string "5"; want a whole number`},
		{"fraction for a whole number", "int: 1.5", "f:1:6: int: got 1.5; want a whole number"},
		{"not a number for a whole number", "int: .nan", "f:1:6: int: must be finite"},
		{"not a number", "float: .NaN", "f:1:8: float: must be finite"},
		{"infinity", "float: -.inf", "f:1:8: float: must be finite"},
		{"infinity for float32", "float32: 1e300", "f:1:10: float32: must be finite"},
		{"infinity inside any value", "any: [.inf]", "f:1:6: any: must be finite"},
		{"octal", "int: 017", `f:1:6: int: reads as octal 15; write 15 or "017"`},
		{"negative octal", "int: -017", `f:1:6: int: reads as octal -15; write -15 or "-017"`},
		{"octal for a number", "float: 017", `f:1:8: float: reads as octal 15; write 15 or "017"`},
		{"leading zero", "int: 089", `f:1:6: int: leading zero in 089; write 89 or "089"`},
		{"yes for a string", "text: yes", "f:1:7: text: reads as true in Kubernetes YAML; quote it"},
		{"off for a string", "text: Off", "f:1:7: text: reads as false in Kubernetes YAML; quote it"},
		{"true for a string", "text: true", "f:1:7: text: got true; want a string; quote it"},
		{"whole number for a string", "text: 8080", "f:1:7: text: got 8080; want a string; quote it"},
		{"number for a string", "text: 1.20", "f:1:7: text: got 1.20; want a string; quote it"},
		{"list for a string", "text: []", "f:1:7: text: got a list; want a string"},
		{"string for a boolean", `bool: "true"`, `f:1:7: bool: got a string "true"; want true or false`},
		{"string for a number", "float: x", `f:1:8: float: got a string "x"; want a number`},
		{"int32 overflow", "int32: 2147483648", "f:1:8: int32: got 2147483648; want at most 2147483647"},
		{"int32 underflow", "int32: -2147483649", "f:1:8: int32: got -2147483649; want at least -2147483648"},
		{"int8 overflow", "int8: 128", "f:1:7: int8: got 128; want at most 127"},
		{"int overflow", "int: 9223372036854775808", "f:1:6: int: got 9223372036854775808; want at most 9223372036854775807"},
		{"int overflow by exponent", "int: 1e30", "f:1:6: int: got 1e30; want at most 9223372036854775807"},
		{"negative for unsigned", "uint: -1", "f:1:7: uint: got -1; want at least 0"},
		{"unsigned overflow", "uint: 18446744073709551616", "f:1:7: uint: got 18446744073709551616; want at most 18446744073709551615"},
		{"not base64", "bytes: '*'", `f:1:8: bytes: got a string "*"; want base64`},
		{"map for a list", "list: {}", "f:1:7: list: got a map; want a list"},
		{"scalar for a map", "map: 1", "f:1:6: map: got 1; want a map"},
		{"scalar for a struct", "inner: x", `f:1:8: inner: got a string "x"; want a map`},
		{"duration without unit", "wait: 5", "f:1:7: wait: no unit; want 5s, 5m, …"},
		{"map for a duration", "wait: {}", "f:1:7: wait: got a map; want a duration such as 5s"},
		{"hook", "quantity: xyz", `f:1:11: quantity: invalid quantity "xyz"`},
		{"own decoding", "pair: [1]", "f:1:7: pair: want two items"},
		{"own decoding of parts", "pair: [1, x]", `f:1:11: pair: got a string "x"; want a whole number`},
		{"own decoding of fields", "pair: {first: x}", `f:1:15: pair.first: got a string "x"; want a whole number`},
		{"own complaint", "pair: {}", `f:1:7: pair: missing field "first"`},
		{"type that cannot be read", "channel: 1", `f:1:10: channel: no value of type "chan int" can be read`},
		{"long text is cut", "int: " + strings.Repeat("é", 99), `f:1:6: int: got a string "` + strings.Repeat("é", 60) + `…"; want a whole number`},
		{"all at once, in order", "map:\n  a.b/c: x\n  d: 1.5\nlist: [1, why]\ninner:\n  inner:\n    int: z\n",
			`f:2:10: map["a.b/c"]: got a string "x"; want a whole number
f:3:6: map.d: got 1.5; want a whole number
f:4:11: list[1]: got a string "why"; want a whole number
f:7:10: inner.inner.int: got a string "z"; want a whole number`},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			err := newDecoder().Decode(parseOne(t, test.text), &sample{})
			if diff := cmp.Diff(test.want, errorText(err)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDecodeValues(t *testing.T) {
	tests := []struct {
		rule, text string
		want       sample
	}{
		{"scalars", "text: a\nbool: true\nint: -5\nint32: 0x10\nuint: 18446744073709551615\nfloat: 2\nUntagged: u",
			sample{Text: "a", Bool: true, Int: -5, Int32: 16, Uint: 18446744073709551615, Float: 2, Untagged: "u"}},
		{"extremes", "int: -9223372036854775808\nint32: 2147483647\nint8: -128",
			sample{Int: -9223372036854775808, Int32: 2147483647, Int8: -128}},
		{"whole numbers as Kubernetes writes them", "int: 1e3\nint32: 3.0\nint8: 0o17\nfloat: 1_000.5",
			sample{Int: 1000, Int32: 3, Int8: 15, Float: 1000.5}},
		{"quoted text is a string", `text: "017"`, sample{Text: "017"}},
		{"yes is a boolean", "bool: yes", sample{Bool: true}},
		{"zeros", "int: 0\nint32: -0\nint8: 00", sample{}},
		{"base64", "bytes: aGk=", sample{Bytes: []byte("hi")}},
		{"null is zero", "text: null\nint:\ninner: ~\nlist: null\nquantity: null", sample{}},
		{"lists and maps", "list: [1, 2]\nmap: {a: 1}", sample{List: []int{1, 2}, Map: map[string]int{"a": 1}}},
		{"pointers", "inner: {inner: {int: 1}}", sample{Inner: &sample{Inner: &sample{Int: 1}}}},
		{"duration", "wait: 1d12h", sample{Wait: 36 * time.Hour}},
		{"own JSON decoding", "when: 2026-01-02T03:04:05Z", sample{When: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}},
		{"own decoding", "pair: [1, 2]", sample{Pair: pair{1, 2}}},
		{"hook", "quantity: 100m", sample{Quantity: quantity{"100m"}}},
		{"inlined pointer", "more: m", sample{Extra: &extra2{More: "m"}}},
		{"any value", "any: {a: [1, 1.5, x, yes, null, 18446744073709551615]}",
			sample{Any: map[string]any{"a": []any{int64(1), 1.5, "x", true, nil, uint64(18446744073709551615)}}}},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			var got sample
			if err := newDecoder().Decode(parseOne(t, test.text), &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestAbsentFieldsKeepTheirValues(t *testing.T) {
	got := sample{Text: "default", Int: 7}
	if err := newDecoder().Decode(parseOne(t, "int: 8"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Text != "default" || got.Int != 8 {
		t.Errorf("got %q, %d", got.Text, got.Int)
	}
}

func TestUnknownFieldsCollected(t *testing.T) {
	d := newDecoder()
	d.CollectUnknown = true
	var got sample
	for range 2 {
		if err := d.Decode(parseOne(t, "b: 1\ntext: x\ninner: {colour: 2}"), &got); err != nil {
			t.Fatal(err)
		}
	}
	document := "f:1:1: b: unknown field \"b\"\nf:3:9: inner.colour: unknown field \"colour\""
	if diff := cmp.Diff(document+"\n"+document, d.Unknown.Error()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDecodeTarget(t *testing.T) {
	for _, target := range []any{nil, sample{}, (*sample)(nil)} {
		if err := NewDecoder().Decode(parseOne(t, "a: 1"), target); err == nil {
			t.Errorf("%T is a target", target)
		}
	}
}

const manifest = `# A web shop.
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: front
  labels: &labels
    app.kubernetes.io/name: front
  annotations:
    note: |
      --- not a document
spec:
  replicas: 3
  template:
    metadata:
      labels: {<<: *labels, tier: web}
    spec:
      nodeSelector:
        disk: "ssd"
      containers:
      - name: nginx
        image: nginx:1.27
        command: [nginx, -g, "daemon off;"]
        tty: false
        requests: {cpu: 0.5, memory: 64Mi}
        ports:
        - containerPort: 80
---
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "status": {"phase": "Running"}}
`

func TestManifest(t *testing.T) {
	documents, err := Parse("shop.yaml", strings.NewReader(manifest))
	if err != nil {
		t.Fatal(err)
	}
	objects := make([]workload, len(documents))
	d := newDecoder()
	for i, document := range documents {
		if err := d.Decode(document.Root, &objects[i]); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, o := range objects {
		got = append(got, o.Kind+" "+o.Metadata.Name)
	}
	if diff := cmp.Diff([]string{"Namespace shop", "Deployment front", "Pod one"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	front := objects[1]
	first := front.Spec.Template.Spec.Containers[0]
	if *front.Spec.Replicas != 3 || *first.TTY || first.Ports[0].Port != 80 || first.Requests["cpu"].text != "0.5" {
		t.Errorf("got %+v", front)
	}
	if diff := cmp.Diff("--- not a document\n", front.Metadata.Annotations["note"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	n := Locate(documents[1].Root, "spec.template.spec.containers[0].requests.memory")
	if n.Line != 28 || n.Column != 38 || n.Text != "64Mi" {
		t.Errorf("memory is %q at %d:%d", n.Text, n.Line, n.Column)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"text: yes", "int: 1.5\nlist: [017]", "inner: {inner: {any: .nan}}", "wait: 5", "when: 1", "bytes: '='", "uint: 1_0e3", manifest} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		documents, err := Parse("f", strings.NewReader(text))
		if err != nil {
			return
		}
		for _, document := range documents {
			var got sample
			err := newDecoder().Decode(document.Root, &got)
			checkPositions(t, []byte(text), err)
			if err == nil {
				got.Channel = nil
				if _, err := json.Marshal(got.Any); err != nil {
					t.Errorf("%q decodes into what JSON cannot hold: %v", text, err)
				}
			}
		}
	})
}

func BenchmarkStream(b *testing.B) {
	var stream strings.Builder
	for stream.Len() < 10<<20 {
		stream.WriteString(strings.TrimPrefix(manifest, "# A web shop.\n"))
		stream.WriteString("---\n")
	}
	b.SetBytes(int64(stream.Len()))
	b.ReportAllocs()
	for b.Loop() {
		documents, err := Parse("f", strings.NewReader(stream.String()))
		if err != nil {
			b.Fatal(err)
		}
		d := newDecoder()
		for _, document := range documents {
			var w workload
			if err := d.Decode(document.Root, &w); err != nil {
				b.Fatal(err)
			}
		}
	}
}
