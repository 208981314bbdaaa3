package sim

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/usage"
)

// uses reads what pods use: cpu and memory, as curves of moments and amounts that
// jump, such as uses=0s:45m,40s:100m, or move in a straight line with linear, and
// shares of loads, such as uses=load:traffic:10m:2m for a base and so much a unit.
func (s *story) uses(t *testing.T, d *datadriven.TestData, template *Template) {
	profile := &usage.Profile{CPU: s.law(t, d, "uses"), Memory: s.law(t, d, "memory")}
	profile.Logs, profile.WritableLayer, profile.Volumes = s.law(t, d, "logs"), s.law(t, d, "layer"), s.law(t, d, "volumes")
	profile.Inodes, profile.Processes = s.law(t, d, "inodes"), s.law(t, d, "processes")
	if law := s.law(t, d, "packets"); law != nil {
		profile.Metrics = []usage.Metric{{Name: "packets", Law: law}}
	}
	if u := template.Behavior.Usage; u != nil {
		profile.Shares = u.Shares
	}
	if profile.CPU != nil || profile.Burdens() || profile.Metrics != nil {
		template.Behavior.Usage = profile
	}
	s.storageLimits(t, d, template.Pod)
	limit, request := "", ""
	d.MaybeScanArgs(t, "limit", &limit)
	d.MaybeScanArgs(t, "request", &request)
	template.Pod.Limits[models.Memory], template.Pod.Requests[models.Memory] = amountOf(t, limit), amountOf(t, request)
	switch {
	case request == "":
	case request == limit:
		template.Pod.QOS = models.Guaranteed
	default:
		template.Pod.QOS = models.Burstable
	}
}

// amountsOf reads what the next container of a pod requests, may have and uses.
func amountsOf(t *testing.T, key, value string, template *Template, container string) bool {
	pod := template.Pod
	switch key {
	case "requests", "limit":
		if pod.Amounts == nil {
			pod.Amounts = new(models.PodAmounts)
			amountsUpTo(pod)
		}
		last := len(pod.Containers)
		if len(pod.Amounts.Containers) == last {
			pod.Amounts.Containers = append(pod.Amounts.Containers, noAmounts)
		}
		if key == "requests" {
			pod.Amounts.Containers[last].RequestCPU = amountOf(t, value)
		} else {
			pod.Amounts.Containers[last].LimitMemory = amountOf(t, value)
		}
	case "share":
		if template.Behavior.Usage == nil {
			template.Behavior.Usage = new(usage.Profile)
		}
		template.Behavior.Usage.Shares = append(template.Behavior.Usage.Shares, usage.Share{Container: container, Weight: amountOf(t, value)})
	default:
		return false
	}
	return true
}

var noAmounts = models.ContainerAmounts{
	RequestCPU: models.Unmeasured, RequestMemory: models.Unmeasured, LimitCPU: models.Unmeasured, LimitMemory: models.Unmeasured,
}

// amountsUpTo lets every container that a pod has so far have amounts, if any has.
func amountsUpTo(pod *models.PodSpec) {
	for pod.Amounts != nil && len(pod.Amounts.Containers) < len(pod.Containers) {
		pod.Amounts.Containers = append(pod.Amounts.Containers, noAmounts)
	}
}

// amountOf reads thousandths (45m), units (3) and mebibytes (100Mi).
func amountOf(t *testing.T, text string) int64 {
	if text == "" {
		return 0
	}
	factor := int64(1000)
	if rest, ok := strings.CutSuffix(text, "Mi"); ok {
		text, factor = rest, 1<<20
	} else if rest, ok := strings.CutSuffix(text, "m"); ok {
		text, factor = rest, 1
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n * factor
}

func (s *story) law(t *testing.T, d *datadriven.TestData, name string) *usage.Law {
	law := &usage.Law{Step: !d.HasArg("linear"), FromStart: d.HasArg("fromstart")}
	for _, arg := range d.CmdArgs {
		if arg.Key != name {
			continue
		}
		for point := range strings.SplitSeq(strings.Join(arg.Vals, ","), ",") {
			parts := strings.Split(point, ":")
			if parts[0] == "load" {
				for _, series := range s.config.Series {
					if series.Name == parts[1] {
						return &usage.Law{Load: &usage.Load{Series: series, Base: amountOf(t, parts[2]), PerUnit: amountOf(t, parts[3])}}
					}
				}
				t.Fatalf("no series %s", parts[1])
			}
			at, err := time.ParseDuration(parts[0])
			if err != nil {
				t.Fatal(err)
			}
			law.Points = append(law.Points, usage.Point{At: at, Amount: amountOf(t, parts[1])})
		}
		return law
	}
	return nil
}

// series reads a MetricSeries: an external metric, or one of an object.
func (s *story) series(t *testing.T, d *datadriven.TestData) {
	var name, object string
	d.ScanArgs(t, "name", &name)
	d.MaybeScanArgs(t, "object", &object)
	series := &usage.Series{Name: name, Metric: s.d.Sym(name), Namespace: s.d.Sym("default"), Law: s.law(t, d, "value")}
	if object != "" {
		series.Kind, series.Object = s.d.Sym("Service"), s.d.Sym(object)
	}
	s.config.Series = append(s.config.Series, series)
}

// autoscaler reads a HorizontalPodAutoscaler: metrics such as cpu=50% (of the requests),
// memory=100Mi, packets=30 (a pod) or containercpu=web:50% (one of its containers),
// object=traffic@web:100 and external=queue:30, each
// with /pod behind it for an average; and policies such as up=pods:2/1m0s,percent:50/15s.
func (s *story) autoscaler(t *testing.T, d *datadriven.TestData) {
	rules := &models.AutoscalerRules{Min: 1, Max: 10}
	name, target, kind := "", "", "Deployment"
	d.ScanArgs(t, "name", &name)
	d.ScanArgs(t, "target", &target)
	d.MaybeScanArgs(t, "kind", &kind)
	d.MaybeScanArgs(t, "min", &rules.Min)
	d.MaybeScanArgs(t, "max", &rules.Max)
	rules.Target = models.ObjectReference{APIVersion: s.d.Sym("apps/v1"), Kind: s.d.Sym(kind), Name: s.d.Sym(target)}
	for _, arg := range d.CmdArgs {
		if m, ok := s.metric(t, arg); ok {
			rules.Metrics = append(rules.Metrics, m)
		}
	}
	rules.Behavior = s.behavior(t, d)
	s.arrive(models.Time(span(t, d, "at", 0)), name, &Template{
		Pod:   &models.PodSpec{Namespace: cmp.Or(s.inside, s.d.Sym("default"))},
		Owner: &models.OwnerSpec{Kind: models.HorizontalPodAutoscaler, Namespace: cmp.Or(s.inside, s.d.Sym("default")), Completions: models.Unset, TTLAfterFinished: -1, Autoscaler: rules},
	})
}

func (s *story) metric(t *testing.T, arg datadriven.CmdArg) (m models.MetricRule, ok bool) {
	if len(arg.Vals) == 0 {
		return m, false
	}
	value, perPod := strings.CutSuffix(arg.Vals[0], "/pod")
	m.Name, m.SelectorText = s.d.Sym(arg.Key), s.d.Sym("nil")
	switch arg.Key {
	case "cpu", "memory":
		m.Target = models.AverageValue
		if percent, ok := strings.CutSuffix(value, "%"); ok {
			m.Target, m.Amount = models.Utilization, amountOf(t, percent)/1000
			return m, true
		}
		if m.Amount = amountOf(t, value); arg.Key == "memory" {
			m.Amount *= 1000
		}
		return m, true
	case "containercpu":
		container, percent, _ := strings.Cut(strings.TrimSuffix(value, "%"), ":")
		m.Name, m.Source, m.Container = s.d.Sym("cpu"), models.ContainerResourceMetric, s.d.Sym(container)
		m.Target, m.Amount = models.Utilization, amountOf(t, percent)/1000
		return m, true
	case "packets":
		m.Source, m.Target, m.Amount = models.PodsMetric, models.AverageValue, amountOf(t, value)
		return m, true
	case "object", "external":
		name, amount, _ := strings.Cut(value, ":")
		name, object, _ := strings.Cut(name, "@")
		m.Name, m.Source, m.Target, m.Amount = s.d.Sym(name), models.ExternalMetric, models.TotalValue, amountOf(t, amount)
		if arg.Key == "object" {
			m.Source, m.Object = models.ObjectMetric, models.ObjectReference{Kind: s.d.Sym("Service"), Name: s.d.Sym(object)}
		}
		if perPod {
			m.Target = models.AverageValue
		}
		return m, true
	}
	return m, false
}

func (s *story) behavior(t *testing.T, d *datadriven.TestData) *models.ScalingBehavior {
	b := &models.ScalingBehavior{
		Up:   models.ScalingRules{Policies: []models.ScalingPolicy{{Value: 4, Period: 15 * time.Second}, {Percent: true, Value: 100, Period: 15 * time.Second}}},
		Down: models.ScalingRules{Window: 5 * time.Minute, Policies: []models.ScalingPolicy{{Percent: true, Value: 100, Period: 15 * time.Second}}},
	}
	given := false
	for name, rules := range map[string]*models.ScalingRules{"up": &b.Up, "down": &b.Down} {
		if d.HasArg(name + "window") {
			rules.Window, given = span(t, d, name+"window", 0), true
		}
		tolerance := ""
		if d.MaybeScanArgs(t, name+"tolerance", &tolerance); tolerance != "" {
			value, err := strconv.ParseFloat(tolerance, 64)
			if err != nil {
				t.Fatal(err)
			}
			rules.HasTolerance, rules.Tolerance, given = true, value, true
		}
		for _, arg := range d.CmdArgs {
			if arg.Key != name {
				continue
			}
			given = true
			rules.Policies = nil
			for _, policy := range arg.Vals {
				switch policy {
				case "min":
					rules.Select = models.SelectMin
				case "disabled":
					rules.Select = models.SelectDisabled
				default:
					rules.Policies = append(rules.Policies, scalingPolicy(t, policy))
				}
			}
		}
	}
	if !given {
		return nil
	}
	return b
}

func scalingPolicy(t *testing.T, text string) (p models.ScalingPolicy) {
	kind, rest, _ := strings.Cut(text, ":")
	value, period, _ := strings.Cut(rest, "/")
	n, err := strconv.ParseInt(value, 10, 32)
	if err == nil {
		p.Percent, p.Value = kind == "percent", int32(n)
		p.Period, err = time.ParseDuration(period)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// measured tells what an operation says of autoscalers and of nodes.
func (p *tape) measured(op *models.Op, d *models.Dictionary) {
	switch op.Kind {
	case models.OpWriteScale:
		fmt.Fprintf(&p.text, " current=%d desired=%d", op.Def, op.Arg)
	case models.OpRescale:
		fmt.Fprintf(&p.text, " replicas=%d %q", op.Arg, d.String(op.Message))
	case models.OpReportOwner, models.OpReportNode:
		fmt.Fprintf(&p.text, " %q", d.String(op.Message))
	case models.OpMeasure:
		place, amount := models.SplitMeasureDef(op.Def)
		if op.Arg == models.Unmeasured {
			fmt.Fprintf(&p.text, " %d %s none", place, amount)
		} else {
			fmt.Fprintf(&p.text, " %d %s=%d", place, amount, op.Arg)
		}
	}
}
