// Command probed writes the scenario of a Deployment whose many pods have readiness
// probes and slow starts, and which is rolled out twice, to standard output, as input
// of podsim run.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	nodes := flag.Int("nodes", 5000, "nodes of 16 cores")
	replicas := flag.Int("replicas", 50000, "pods of the Deployment")
	again := flag.Bool("again", false, "roll out another image after two hours")
	flag.Parse()
	if _, err := fmt.Printf(scenario, *nodes, *replicas); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if *again {
		fmt.Print(rollout)
	}
}

const scenario = `apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: probed}
spec: {for: 4h}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec:
  count: %d
  template: {status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}}}
---
apiVersion: podsim/v1alpha1
kind: PodBehavior
metadata: {name: web}
spec:
  selector: {}
  startUp: {type: lognormal, median: 12s, p95: 40s}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: shop/web:1
        resources: {requests: {cpu: 100m, memory: 128Mi}}
        readinessProbe: {httpGet: {path: /ready, port: 80}, periodSeconds: 5}
        livenessProbe: {httpGet: {path: /live, port: 80}, initialDelaySeconds: 60}
`

const rollout = `---
apiVersion: podsim/v1alpha1
kind: Timeline
metadata: {name: rollout}
spec:
  steps:
  - {at: 2h, setImage: {target: deployment/web, images: {web: "shop/web:2"}}}
`
