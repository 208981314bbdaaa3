package prometheus

// containerFamilies are those of the containers of a pod; prefix, paths and noun tell init
// containers from others.
// Source: kube-state-metrics, internal/store/pod.go.
func containerFamilies(prefix, specs, statuses, noun string) []objectFamily {
	label := []string{"container"}
	// each goes through the statuses of the containers.
	each := func(name, help string, labels []string, tell func(status map[string]any, put func(n float64, more ...string))) objectFamily {
		return gauge(prefix+name, help, labels, func(o *object, put put) {
			for _, status := range o.list(statuses) {
				container := textOf(status["name"])
				tell(status, func(n float64, more ...string) { put(n, append([]string{container}, more...)...) })
			}
		})
	}
	// is tells whether the containers are in a state.
	is := func(name, help, state string) objectFamily {
		return each(name, help, label, func(status map[string]any, put func(float64, ...string)) {
			put(truth(fieldAt(status, "state."+state) != nil))
		})
	}
	// why tells the reason at a path, of containers that have one.
	why := func(name, help, path string) objectFamily {
		return each(name, help, []string{"container", "reason"}, func(status map[string]any, put func(float64, ...string)) {
			if reason := textOf(fieldAt(status, path)); reason != "" {
				put(1, reason)
			}
		})
	}
	// number tells the number at a path, of containers that have one.
	number := func(name, help, path string) objectFamily {
		return each(name, help, label, func(status map[string]any, put func(float64, ...string)) {
			if n, ok := numberOf(fieldAt(status, path)); ok {
				put(n)
			}
		})
	}
	restarts := number("_status_restarts_total", "How often the "+noun+"container was started again.", "restartCount")
	restarts.Type = Counter
	return []objectFamily{
		each("_info", "The image of the "+noun+"container.", []string{"container", "image", "image_spec"},
			func(status map[string]any, put func(float64, ...string)) {
				put(1, textOf(status["image"]), textOf(status["image"]))
			}),
		is("_status_waiting", "Whether the "+noun+"container waits.", "waiting"),
		why("_status_waiting_reason", "Why the "+noun+"container waits.", "state.waiting.reason"),
		is("_status_running", "Whether the "+noun+"container runs.", "running"),
		unsummed(number("_state_started", "When the "+noun+"container started, in Unix seconds.", "state.running.startedAt")),
		is("_status_terminated", "Whether the "+noun+"container has ended.", "terminated"),
		why("_status_terminated_reason", "Why the "+noun+"container has ended.", "state.terminated.reason"),
		why("_status_last_terminated_reason", "Why the "+noun+"container ended the last time before it was started again.", "lastState.terminated.reason"),
		unsummed(number("_status_last_terminated_exitcode", "The exit code of the "+noun+"container before it was started again.", "lastState.terminated.exitCode")),
		unsummed(number("_status_last_terminated_timestamp", "When the "+noun+"container ended before it was started again, in Unix seconds.",
			"lastState.terminated.finishedAt")),
		number("_status_ready", "Whether the "+noun+"container is ready.", "ready"),
		restarts,
		containerAmounts(prefix+"_resource_requests", "What the "+noun+"container requests.", specs, "resources.requests"),
		containerAmounts(prefix+"_resource_limits", "What the "+noun+"container is limited to.", specs, "resources.limits"),
	}
}

// containerAmounts are requests or limits of containers.
func containerAmounts(name, help, specs, path string) objectFamily {
	return gauge(name, help, []string{"container", "node", "resource", "unit"}, func(o *object, put put) {
		node := o.text("spec.nodeName")
		for _, spec := range o.list(specs) {
			container := textOf(spec["name"])
			amounts(fieldAt(spec, path), func(n float64, resource, unit string) { put(n, container, node, resource, unit) })
		}
	})
}
