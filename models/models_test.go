package models

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestSelectorOperators(t *testing.T) {
	d := NewDictionary()
	key := d.Sym("k")
	values := func(texts ...string) []Sym {
		var syms []Sym
		for _, text := range texts {
			syms = append(syms, d.Sym(text))
		}
		return syms
	}
	tests := []struct {
		rule    string
		op      Operator
		values  []Sym
		label   string // absent when empty
		matches bool
	}{
		{"In holds for a listed value", In, values("a", "b"), "b", true},
		{"In fails for another value", In, values("a", "b"), "c", false},
		{"In fails without the key", In, values("a"), "", false},
		{"NotIn fails for a listed value", NotIn, values("a"), "a", false},
		{"NotIn holds for another value", NotIn, values("a"), "b", true},
		{"NotIn holds without the key", NotIn, values("a"), "", true},
		{"Exists holds with the key", Exists, nil, "x", true},
		{"Exists fails without the key", Exists, nil, "", false},
		{"DoesNotExist fails with the key", DoesNotExist, nil, "x", false},
		{"DoesNotExist holds without the key", DoesNotExist, nil, "", true},
		{"Gt compares integers", Gt, values("9"), "10", true},
		{"Gt is strict", Gt, values("9"), "9", false},
		{"Gt fails for what is no integer", Gt, values("9"), "ten", false},
		{"Gt fails without the key", Gt, values("9"), "", false},
		{"Lt compares integers", Lt, values("-3"), "-4", true},
		{"Lt fails for a limit that is no integer", Lt, values("x"), "1", false},
	}
	for _, test := range tests {
		var labels Labels
		if test.label != "" {
			labels = NewLabels(Label{key, d.Sym(test.label)})
		}
		selector := Selector{{Key: key, Op: test.op, Values: test.values}}
		if got := selector.Matches(labels, d); got != test.matches {
			t.Errorf("%s: got %t", test.rule, got)
		}
	}
}

func TestATermWithoutRequirementsMatchesNoNode(t *testing.T) {
	d := NewDictionary()
	if term := (NodeTerm{}); term.Matches(d.Sym("n"), nil, d) {
		t.Error("the empty term matches")
	}
}

func TestTolerations(t *testing.T) {
	const key, other, value, second = Sym(1), Sym(2), Sym(3), Sym(4)
	taint := Taint{Key: key, Value: value, Effect: NoExecute}
	tests := []struct {
		rule string
		t    Toleration
		want bool
	}{
		{"equal key, value and effect", Toleration{Key: key, Value: value, Effect: NoExecute}, true},
		{"another value", Toleration{Key: key, Value: second, Effect: NoExecute}, false},
		{"Exists takes any value", Toleration{Key: key, Exists: true, Effect: NoExecute}, true},
		{"no effect takes every effect", Toleration{Key: key, Exists: true}, true},
		{"another effect", Toleration{Key: key, Exists: true, Effect: NoSchedule}, false},
		{"another key", Toleration{Key: other, Exists: true}, false},
		{"no key takes every taint", Toleration{Exists: true}, true},
	}
	for _, test := range tests {
		if got := test.t.Tolerates(taint); got != test.want {
			t.Errorf("%s: got %t, want %t", test.rule, got, test.want)
		}
	}
}

func TestTheFirstMatchingTolerationLimitsTheStay(t *testing.T) {
	taint := Taint{Key: 1, Effect: NoExecute}
	seconds := func(n int64) *int64 { return &n }
	list := []Toleration{{Key: 2, Exists: true}, {Key: 1, Exists: true, Seconds: seconds(60)}, {Key: 1, Exists: true, Seconds: seconds(5)}}
	if limit, forever, ok := TolerationTime(list, taint); limit != time.Minute || forever || !ok {
		t.Errorf("got %s, forever %t, tolerated %t; want 1m of the first that matches", limit, forever, ok)
	}
	if _, forever, ok := TolerationTime([]Toleration{{Exists: true}}, taint); !forever || !ok {
		t.Error("a toleration without seconds tolerates for ever")
	}
	if limit, _, _ := TolerationTime([]Toleration{{Exists: true, Seconds: seconds(-5)}}, taint); limit != 0 {
		t.Errorf("negative seconds mean at once, got %s", limit)
	}
	if _, _, ok := TolerationTime(nil, taint); ok {
		t.Error("nothing tolerates, yet it is tolerated")
	}
}

func TestHostPortsConflict(t *testing.T) {
	any80 := HostPort{Port: 80}
	tests := []struct {
		rule string
		p, q HostPort
		want bool
	}{
		{"the same port", any80, any80, true},
		{"another port", any80, HostPort{Port: 81}, false},
		{"another protocol", any80, HostPort{Port: 80, Protocol: UDP}, false},
		{"every address against one", any80, HostPort{Port: 80, IP: 7}, true},
		{"two addresses", HostPort{Port: 80, IP: 6}, HostPort{Port: 80, IP: 7}, false},
	}
	for _, test := range tests {
		if got := test.p.Conflicts(test.q); got != test.want || test.q.Conflicts(test.p) != got {
			t.Errorf("%s: got %t, want %t both ways", test.rule, got, test.want)
		}
	}
}

func TestGeneratedNamesDiffer(t *testing.T) {
	seen := make(map[string]bool)
	for ordinal := range int32(200_000) {
		name := string(AppendName(nil, "web-5d4f8c", ordinal))
		if seen[name] {
			t.Fatalf("%s comes twice", name)
		}
		seen[name] = true
		suffix := name[len("web-5d4f8c-"):]
		if len(suffix) != 5 || strings.Trim(suffix, alphanums) != "" {
			t.Fatalf("%s does not end in five characters of the alphabet", name)
		}
	}
}

func TestNames(t *testing.T) {
	long := strings.Repeat("x", 80)
	tests := []struct {
		base    string
		ordinal int32
		want    string
	}{
		{"web", Exact, "web"},
		{"etl", Numbered(0), "etl-0"},
		{"etl", Numbered(1234567), "etl-1234567"},
	}
	for _, test := range tests {
		if got := string(AppendName(nil, test.base, test.ordinal)); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	if got := len(AppendName(nil, long, 0)); got != 63 {
		t.Errorf("a generated name has %d characters, want 63", got)
	}
}

func TestResourcesAddTellsOfOverflow(t *testing.T) {
	if _, ok := (Resources{math.MaxInt64}).Add(Resources{1}); ok {
		t.Error("2^63 fits")
	}
	if sum, ok := (Resources{math.MaxInt64 - 1}).Add(Resources{1}); !ok || sum[CPU] != math.MaxInt64 {
		t.Errorf("got %d, %t", sum[CPU], ok)
	}
}

func TestTheSeventeenthResourceIsRefused(t *testing.T) {
	d := NewDictionary()
	for i := len(d.ResourceNames()); i < MaxResources; i++ {
		if _, err := d.Resource("example.com/r" + string(rune('a'+i))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Resource("example.com/one-more"); err == nil || !strings.Contains(err.Error(), "at most 16") {
		t.Errorf("got %v, want an error that names the limit", err)
	}
	if r, err := d.Resource("memory"); err != nil || r != Memory {
		t.Errorf("memory is %d, %v", r, err)
	}
}

func TestTimesSaturateAtNever(t *testing.T) {
	if got := Time(5).Add(time.Duration(math.MaxInt64)); got != Never {
		t.Errorf("got %d, want Never", got)
	}
	if got := Time(7 * time.Second).Ceil(5 * time.Second); got != Time(10*time.Second) {
		t.Errorf("got %s, want 10s", got)
	}
	if got := Time(10 * time.Second).Ceil(5 * time.Second); got != Time(10*time.Second) {
		t.Errorf("got %s, want 10s", got)
	}
}

func TestEveryOperationHasANameAndFields(t *testing.T) {
	names := make(map[string]bool)
	for _, kind := range OpKinds() {
		if kind.String() == "" || names[kind.String()] || kind.Fields() == 0 {
			t.Errorf("operation %d: name %q, fields %b", kind, kind, kind.Fields())
		}
		names[kind.String()] = true
	}
}

func TestTheBoundsOfARollout(t *testing.T) {
	share := func(n int32, percent bool) Share { return Share{Value: n, Percent: percent, Given: true} }
	quarter, none := share(25, true), share(0, false)
	tests := []struct {
		rule                   string
		surge, unavailable     Share
		replicas               int32
		wantSurge, wantMissing int32
	}{
		{"surge rounds up, unavailable down", quarter, quarter, 1, 1, 0},
		{"surge rounds up, unavailable down", quarter, quarter, 2, 1, 0},
		{"surge rounds up, unavailable down", quarter, quarter, 3, 1, 0},
		{"a quarter of four", quarter, quarter, 4, 1, 1},
		{"a quarter of ten", quarter, quarter, 10, 3, 2},
		{"a quarter of many", quarter, quarter, 1 << 30, 1 << 28, 1 << 28},
		{"numbers are as they are", share(3, false), share(2, false), 10, 3, 2},
		{"more cannot be missing than there are", none, share(7, false), 5, 0, 5},
		{"a percentage that comes to nothing is one", none, share(1, true), 2, 0, 1},
		{"a percentage that comes to nothing is one", none, share(1, true), 1, 0, 1},
		{"nothing need be missing with a surge", share(1, true), share(25, true), 2, 1, 0},
		{"of nothing nothing can be missing", quarter, quarter, 0, 0, 0},
		{"of nothing nothing can be missing", share(3, false), share(2, false), 0, 3, 0},
		{"more than all", share(150, true), share(100, true), 2, 3, 2},
		{"as many as can be counted", share(math.MaxInt32, true), none, 1 << 30, math.MaxInt32 - 1<<30, 0},
	}
	for _, test := range tests {
		spec := OwnerSpec{Kind: Deployment, MaxSurge: test.surge, MaxUnavailable: test.unavailable}
		if surge, missing := spec.Surge(test.replicas), spec.Unavailable(test.replicas); surge != test.wantSurge || missing != test.wantMissing {
			t.Errorf("%s: of %d replicas %d more and %d missing; want %d and %d", test.rule, test.replicas, surge, missing, test.wantSurge, test.wantMissing)
		}
		if spec.Strategy = Recreate; spec.Surge(test.replicas) != 0 || spec.Unavailable(test.replicas) != 0 {
			t.Errorf("%d replicas that are recreated: neither surge nor anything missing", test.replicas)
		}
	}
}
