package run

import (
	"fmt"
	"io"
)

// Mix is a scenario of a virtual day: pods of Jobs and of Deployments arrive for 22
// hours, run about an hour and a half and go. Nodes have 16 cores. A hundred pods
// for each node keep 70 % of the cpu busy.
type Mix struct {
	Nodes     int
	Pods      int // about as many are created
	Templates int // half of them Jobs, half Deployments; even
}

// Million is a million pods on 10,000 nodes.
var Million = Mix{Nodes: 10_000, Pods: 1_000_000, Templates: 200}

const (
	arrivalHours = 22
	namespaces   = 10
	images       = 20
)

// The sizes of pods and how many an object has, by number of the template. Pods
// have 1.6 cores in the mean.
var (
	millicores  = [...]int{500, 1000, 1500, 2000, 3000}
	parallelism = [...]int{1, 2, 5, 10}
	replicas    = [...]int{10, 20, 25, 50}
)

// Write writes the scenario.
func (m Mix) Write(w io.Writer) error {
	_, err := fmt.Fprintf(w, `# %d pods over one day on %d nodes, at about 70 %% of the cpu: half of the
# %d templates are Jobs, half Deployments. All latencies and the sampling of nodes are the default.
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: mix}
spec: {for: 24h}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: node}
spec:
  count: %d
  zones: [a, b, c]
  template:
    status:
      capacity: {cpu: 16, memory: 64Gi, pods: 110}
`, m.Pods, m.Nodes, m.Templates, m.Nodes)
	for i := 0; i < m.Templates && err == nil; i++ {
		if each := m.Pods / m.Templates; i%2 == 0 {
			err = m.job(w, i/2, each)
		} else {
			err = m.deployment(w, i/2, each)
		}
	}
	return err
}

// job writes a workload of Jobs that have so many pods together. Each pod draws
// its run time.
func (m Mix) job(w io.Writer, i, pods int) error {
	width := parallelism[i/len(millicores)%len(parallelism)]
	if err := m.head(w, "job", i, pods/width); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, `  runTime: {type: lognormal, mean: 92m, cv: 0.8}
  template:
    apiVersion: batch/v1
    kind: Job
    metadata: {namespace: team-%[1]d}
    spec:
      completions: %[2]d
      parallelism: %[2]d
      ttlSecondsAfterFinished: 600
      template:
        metadata: {labels: {app: job-%[3]d}}
        spec:
          restartPolicy: Never
%[4]s`, i%namespaces, width, i, container(i))
	return err
}

// deployment writes a workload of Deployments that are deleted after a while.
func (m Mix) deployment(w io.Writer, i, pods int) error {
	count := replicas[i/len(millicores)%len(replicas)]
	if err := m.head(w, "service", i, pods/count); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, `  lifetime: {type: lognormal, mean: 92m, cv: 0.5}
  startUp: {type: lognormal, median: 8s, p95: 20s}
  template:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {namespace: team-%[1]d}
    spec:
      replicas: %[2]d
      selector: {matchLabels: {app: service-%[3]d}}
      template:
        metadata: {labels: {app: service-%[3]d}}
        spec:
%[4]s`, i%namespaces, count, i, container(i))
	return err
}

// head writes the beginning of a workload of so many objects.
func (m Mix) head(w io.Writer, name string, i, objects int) error {
	objects = max(objects, 1)
	_, err := fmt.Fprintf(w, `---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: %s-%d}
spec:
  arrivals: {type: poisson, rate: %d/d, limit: %d}
`, name, i, (objects*24+arrivalHours-1)/arrivalHours, objects)
	return err
}

func container(i int) string {
	cpu := millicores[i%len(millicores)]
	return fmt.Sprintf(`          containers:
            - name: main
              image: registry.example.com/app-%d:1
              resources:
                requests: {cpu: %dm, memory: %dMi}
`, i%images, cpu, cpu*(2+i%3))
}
