package scenarios

import (
	"slices"

	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/evict/descheduler"
)

func compileRestarts(a *argsReader, args *restartsArgs) descheduler.Strategy {
	if args.PodRestartThreshold < 1 {
		a.blame("podRestartThreshold", "must be >= 1 (got %d)", args.PodRestartThreshold)
	}
	a.words("states", "state", args.States, []string{"CrashLoopBackOff", "Running"})
	return &descheduler.TooManyRestarts{
		Scope: a.scope(&args.scopeArgs), Threshold: args.PodRestartThreshold, Inits: args.IncludingInitContainers, States: args.States,
	}
}

// lifeTimeStates are phases, reasons of pods and reasons of containers.
// Source: descheduler pkg/framework/plugins/podlifetime/validation.go.
var lifeTimeStates = []string{
	"Running", "Pending", "Succeeded", "Failed", "Unknown",
	"NodeAffinity", "NodeLost", "Shutdown", "UnexpectedAdmissionError",
	"PodInitializing", "ContainerCreating", "ImagePullBackOff", "CrashLoopBackOff", "CreateContainerConfigError",
	"ErrImagePull", "CreateContainerError", "InvalidImageName",
	"OOMKilled", "Error", "Completed", "DeadlineExceeded", "Evicted", "ContainerCannotRun", "StartError",
}

func compileLifeTime(a *argsReader, args *lifeTimeArgs) descheduler.Strategy {
	a.words("states", "state", args.States, lifeTimeStates)
	if args.MaxPodLifeTimeSeconds == nil && len(args.States) == 0 && len(args.Conditions) == 0 && len(args.ExitCodes) == 0 {
		a.blame("", "want maxPodLifeTimeSeconds, states, conditions or exitCodes")
	}
	include, exclude := a.either("ownerKinds", &args.OwnerKinds)
	out := &descheduler.PodLifeTime{
		Scope: a.scope(&args.scopeArgs), MaxSeconds: args.MaxPodLifeTimeSeconds, States: args.States,
		IncludeOwners: include, ExcludeOwners: exclude, ExitCodes: args.ExitCodes, Inits: args.IncludingInitContainers,
		Ephemerals: args.IncludingEphemeralContainers,
	}
	for i, c := range args.Conditions {
		at := yamlnode.IndexPath("conditions", i)
		switch {
		case c == (conditionArgs{}):
			a.blame(at, "want type, status, reason or minTimeSinceLastTransitionSeconds")
		case !slices.Contains(descheduler.ConditionTypes, c.Type) && spelling.Guess(c.Type, descheduler.ConditionTypes) != "":
			a.blame(at+".type", "%s", unknown("condition", c.Type, descheduler.ConditionTypes))
		}
		out.Conditions = append(out.Conditions, descheduler.Condition{
			Type: c.Type, Status: c.Status, Reason: c.Reason, MinSeconds: c.MinTimeSinceLastTransitionSeconds})
	}
	return out
}

func compileFailedPods(a *argsReader, args *failedPodsArgs) descheduler.Strategy {
	age := orDefault(args.MinPodLifetimeSeconds, 3600)
	return &descheduler.FailedPods{
		Scope: a.scope(&args.scopeArgs), ExcludeOwners: args.ExcludeOwnerKinds, MinSeconds: &age,
		Reasons: args.Reasons, ExitCodes: args.ExitCodes, Inits: args.IncludingInitContainers,
	}
}
