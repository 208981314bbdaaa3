package generate

import (
	"strings"
	"testing"
)

func TestWhatExposeRefuses(t *testing.T) {
	target := func(args ...string) Target {
		is, err := ParseTarget(args)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	read := func(text string) Target {
		is, err := ReadTarget([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	for _, test := range []struct {
		expose Expose
		want   string
	}{
		{Expose{Target: target("sts", "db")}, "cannot expose a StatefulSet"},
		{Expose{Target: target("rs/web"), Port: "80"}, "couldn't retrieve selectors"},
		{Expose{Target: target("rs/web"), Selector: "app=web"}, "couldn't find port via --port flag"},
		{Expose{Target: target("rs/web"), Selector: "app=web", Port: "0"}, "invalid port 0"},
		{Expose{Target: target("rs/web"), Selector: "app=web", Port: "http"}, `strconv.Atoi: parsing "http"`},
		{Expose{Target: target("rs/web"), Selector: "app", Port: "80"}, "unexpected label spec: app"},
		{Expose{Target: target("rs/web"), Selector: "app=web", Port: "80", Protocol: "ICMP"}, "unknown protocol: ICMP"},
		{Expose{Target: target("rs/web"), Selector: "app=web", Port: "80", Type: "Public"}, "unknown service type: Public"},
		{Expose{Target: target("rs/web"), Selector: "app=web", Port: "80", ClusterIP: "here"}, `"here" is no IP address`},
		{Expose{Target: target("rs/web"), Selector: "app=web", Port: "80", SessionAffinity: "Cookie"}, "unknown session affinity: Cookie"},
		{Expose{Target: read(`{"kind": "Pod", "metadata": {"name": "a"}}`), Port: "80"}, "the pod has no labels and cannot be exposed"},
		{Expose{Target: read(`{"kind": "Deployment", "spec": {"selector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}}`), Port: "80"},
			"to map-based selector format"},
		{Expose{Target: read(`{"kind": "Service", "spec": {"selector": "app"}}`), Port: "80"}, "couldn't retrieve selectors"},
	} {
		if _, err := test.expose.Service(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want %s", test.expose, err, test.want)
		}
	}
}

func TestWhatAutoscaleRefuses(t *testing.T) {
	deployment := Target{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	for _, test := range []struct {
		autoscale Autoscale
		want      string
	}{
		{Autoscale{Target: Target{Kind: "Pod"}, Max: 1}, "cannot autoscale a Pod"},
		{Autoscale{Target: deployment}, "--max=MAXPODS is required"},
		{Autoscale{Target: deployment, Min: 3, Max: 2}, "--max=MAXPODS must be larger or equal to --min=MINPODS, max: 2, min: 3"},
		{Autoscale{Target: deployment, Max: 2, CPU: "much"}, "invalid resource cpu value: much"},
		{Autoscale{Target: deployment, Max: 2, Memory: "x%"}, "invalid percentage value: x"},
		{Autoscale{Target: deployment, Max: 2, CPU: "1", CPUPercent: 80}, "--cpu-percent and --cpu are mutually exclusive"},
	} {
		if _, err := test.autoscale.HorizontalPodAutoscaler(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want %s", test.autoscale, err, test.want)
		}
	}
}

func TestTargetsAreNamed(t *testing.T) {
	for _, test := range [][]string{nil, {"deploy"}, {"deploy/"}, {"/web"}, {"deploy", "a", "b"}, {"thing", "a"}} {
		if target, err := ParseTarget(test); err == nil {
			t.Errorf("%v: got %+v", test, target)
		}
	}
}
