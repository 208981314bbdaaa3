package control

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Reasons of a Job's end.
// Source: k8s.io/api/batch/v1/types.go (JobReason…).
const (
	reasonBackoffLimit     = "BackoffLimitExceeded"
	reasonDeadlineExceeded = "DeadlineExceeded"
)

// judge finds out how the Job ends, but for its completions: by what an earlier sync has
// found, then by failures, then by its successPolicy.
func (s *jobSync) judge() {
	for _, kind := range [...]models.Sym{s.symbols.successMet, s.symbols.failureTarget} {
		if c, ok := s.o.Condition(kind); ok && c.Status == models.ConditionTrue {
			s.verdict = verdict{known: true, success: kind == s.symbols.successMet, interim: true, reason: c.Reason, message: c.Message}
			return
		}
	}
	switch {
	case s.failsByPolicy():
	case s.failed > s.spec.BackoffLimit || s.restartsSpent():
		s.decide(false, reasonBackoffLimit, "Job has reached the specified backoff limit")
	case s.pastDeadline():
		s.decide(false, reasonDeadlineExceeded, "Job was active longer than specified deadline")
	case s.rules.Indexed:
		s.judgeIndexes()
	}
}

func (s *jobSync) decide(success bool, reason, message string) {
	d := s.v.Dictionary()
	s.verdict = verdict{known: true, success: success, reason: d.Sym(reason), message: d.Sym(message)}
}

// failsByPolicy reports whether a failed pod ends the Job by its podFailurePolicy.
func (s *jobSync) failsByPolicy() bool {
	if !s.rules.HasFailurePolicy {
		return false
	}
	for _, pod := range s.pods {
		if !s.hasFailed(pod) {
			continue
		}
		if action, _, message := s.matchFailure(pod); action == models.FailJob {
			s.decide(false, "PodFailurePolicy", message)
			return true
		}
	}
	return false
}

// pastDeadline reports whether the Job has been active for too long, and wants to be asked
// again when it will have been.
func (s *jobSync) pastDeadline() bool {
	if s.spec.ActiveDeadline <= 0 || s.rules.Suspend {
		return false
	}
	start := s.o.JobStarted()
	if start == models.Never {
		start = s.now
	}
	at := wholeSecond(start).Add(s.spec.ActiveDeadline)
	if s.now >= at {
		return true
	}
	s.wakeAt(at)
	return false
}

// judgeIndexes ends an Indexed Job when too many indexes have failed, when all have
// ended, or when its successPolicy is met.
func (s *jobSync) judgeIndexes() {
	failed := s.failedIndexes.Total()
	switch {
	case s.rules.BackoffLimitPerIndex == models.Unset:
	case s.rules.MaxFailedIndexes != models.Unset && failed > s.rules.MaxFailedIndexes:
		s.decide(false, "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes")
		return
	case failed > 0 && failed+s.completed.Total() >= s.spec.Completions:
		s.decide(false, "FailedIndexes", "Job has failed indexes")
		return
	}
	if len(s.completed) == 0 {
		return
	}
	for i, rule := range s.rules.SuccessRules {
		if s.meets(rule) {
			s.decide(true, "SuccessPolicy", fmt.Sprintf("Matched rules at index %d", i))
			return
		}
	}
}

// meets reports whether the indexes that have succeeded satisfy a rule.
// Source: pkg/controller/job/success_policy.go (matchSuccessPolicy).
func (s *jobSync) meets(rule models.SuccessRule) bool {
	if len(rule.Indexes) == 0 {
		return rule.Count != models.Unset && s.completed.Total() >= rule.Count
	}
	common := s.completed.Common(rule.Indexes)
	return common == rule.Indexes.Total() || rule.Count != models.Unset && common >= rule.Count
}

// matchFailure returns the action of the first rule of the podFailurePolicy that a
// failed pod matches, whether the failure counts, and what to say of it.
// Source: pkg/controller/job/pod_failure_policy.go (matchPodFailurePolicy).
func (s *jobSync) matchFailure(pod cluster.Pod) (action models.FailureAction, counts bool, message string) {
	for i := range s.rules.FailureRules {
		rule := &s.rules.FailureRules[i]
		what, ok := s.matches(pod, rule)
		if !ok || rule.Action == models.FailIndex && s.rules.BackoffLimitPerIndex == models.Unset {
			continue
		}
		if rule.Action == models.FailJob {
			message = fmt.Sprintf("%s matching %s rule at index %d", what, rule.Action, i)
		}
		return rule.Action, rule.Action != models.IgnoreFailure, message
	}
	return models.CountFailure, true, ""
}

// matches reports whether a pod matches a rule, and by what: app containers are looked at
// before init containers.
// Source: pkg/controller/job/pod_failure_policy.go (matchOnExitCodes).
func (s *jobSync) matches(pod cluster.Pod, rule *models.FailureRule) (what string, ok bool) {
	d := s.v.Dictionary()
	subject := func() string { return d.String(pod.Spec().Namespace) + "/" + pod.Name() }
	if rule.Codes == nil {
		for _, pattern := range rule.Conditions {
			if status, has := conditionOf(pod, pattern.Type); has && status == pattern.Status {
				return fmt.Sprintf("Pod %s has condition %s", subject(), d.String(pattern.Type)), true
			}
		}
		return "", false
	}
	for _, inits := range []bool{false, true} {
		for i, c := range pod.Spec().Containers {
			if (c.Kind != models.AppContainer) != inits || rule.Container != 0 && c.Name != rule.Container {
				continue
			}
			if code, ended := endOf(pod, i); ended && code != 0 && slices.Contains(rule.Codes, code) != rule.NotIn {
				return fmt.Sprintf("Container %s for pod %s failed with exit code %d", d.String(c.Name), subject(), code), true
			}
		}
	}
	return "", false
}

// endOf returns the exit code of a container of a pod, if it is terminated. App
// containers that are not told apart end together.
func endOf(pod cluster.Pod, container int) (code int32, ended bool) {
	if pod.Itemised() {
		containers := pod.Containers()
		if containers == nil || containers[container].State != cluster.ContainerTerminated {
			return 0, false
		}
		return containers[container].Ended.ExitCode, true
	}
	return pod.ExitCode(), pod.Starts() > 0 && !pod.Up()
}

// conditionOf returns the status of a condition of a pod, if it has it.
// Source: pkg/kubelet/status/generate.go.
func conditionOf(pod cluster.Pod, kind models.Sym) (models.ConditionStatus, bool) {
	is := func(truth bool) (models.ConditionStatus, bool) {
		if truth {
			return models.ConditionTrue, true
		}
		return models.ConditionFalse, true
	}
	bound := pod.Node() != models.None
	switch pod.View().Dictionary().String(kind) {
	case models.DisruptionTarget:
		_, deleted := models.DisruptionOf(pod.View().Dictionary().String(pod.Cause()))
		if _, ended := pod.EndedByKubelet(); deleted || ended {
			return models.ConditionTrue, true
		}
	case "PodScheduled":
		return is(bound)
	case "Ready", "ContainersReady":
		status, _ := is(pod.Ready())
		return status, bound
	case "Initialized":
		status, _ := is(pod.Starts() > 0)
		return status, bound
	case "PodReadyToStartContainers":
		status, _ := is(pod.Up())
		return status, bound
	}
	set, has := pod.Condition(kind)
	return set.Status, has
}
