package reports

import (
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// eventsFile streams events.jsonl: one JSON object an operation, with names
// instead of ids.
type eventsFile struct {
	out buffered
	// moment is the beginning of a line about something that happens at at: many
	// operations share an instant.
	moment []byte
	at     models.Time
}

func (f *eventsFile) write(s *step) {
	if s.now != f.at || f.moment == nil {
		f.at, f.moment = s.now, appendWhen(f.moment[:0], s.now)
	}
	f.out.b = append(s.appendWhat(append(f.out.b, f.moment...)), '\n')
	f.out.spill()
}

// appendWhen begins an operation with when it was applied.
func appendWhen(b []byte, now models.Time) []byte {
	return appendTime(append(b, `{"t":`...), int64(now))
}

// AppendEvent appends an operation that has just been applied as events.jsonl has
// it, without the line's end.
func AppendEvent(b []byte, now models.Time, op *models.Op, v cluster.View) []byte {
	s := step{now: now, op: op, view: v}
	if isPodOp(op.Kind) {
		s.pod = v.Pod(op.Pod)
		s.spec = s.pod.Spec()
	}
	return s.appendWhat(appendWhen(b, now))
}

// appendWhat goes on with what an operation did.
func (s *step) appendWhat(b []byte) []byte {
	b = append(b, `,"op":"`...)
	b = append(b, s.op.Kind.String()...)
	b = append(b, '"')
	fields := s.op.Kind.Fields()
	if fields&models.FieldPod != 0 {
		b = append(b, `,"pod":`...)
		b = closeQuote(appendPod(append(b, '"'), s.view, s.pod), len(b))
	}
	if fields&models.FieldNode != 0 && s.op.Node != models.None {
		b = append(b, `,"node":`...)
		b = appendQuoted(b, s.view.Node(s.op.Node).Name())
	}
	if fields&models.FieldOwner != 0 && s.op.Owner != models.None {
		b = append(b, `,"owner":`...)
		b = closeQuote(appendOwner(append(b, '"'), s.view, s.op.Owner), len(b))
	}
	if fields&models.FieldParent != 0 && s.op.Parent != models.None {
		b = append(b, `,"parent":`...)
		b = closeQuote(appendOwner(append(b, '"'), s.view, s.op.Parent), len(b))
	}
	b = s.appendDetails(b)
	if fields&models.FieldTaint != 0 {
		b = append(b, `,"taint":`...)
		b = closeQuote(s.appendTaint(append(b, '"')), len(b))
	}
	if fields&models.FieldReason != 0 && s.op.Reason != 0 && s.op.Kind != models.OpFailCreate && s.op.Kind != models.OpRefuse && s.op.Kind != models.OpDebugPod {
		b = append(b, `,"reason":`...)
		b = appendQuoted(b, s.text(s.op.Reason))
	}
	if fields&models.FieldMessage != 0 && s.op.Message != 0 && s.op.Kind != models.OpDebugPod {
		b = append(b, `,"message":`...)
		b = appendQuoted(b, s.text(s.op.Message))
	}
	return append(b, '}')
}

func (s *step) text(sym models.Sym) string { return s.view.Dictionary().String(sym) }

// appendClaim appends the claim that an operation is about, if it names one.
func (s *step) appendClaim(b []byte) []byte {
	if s.op.Def == models.None {
		return b
	}
	claim := s.view.Claim(models.ClaimID(s.op.Def)).Spec()
	b = append(b, `,"claim":`...)
	return appendQuoted(b, s.text(claim.Namespace)+"/"+s.text(claim.Name))
}

// appendDetails appends what Arg and Def mean for the kind of operation.
func (s *step) appendDetails(b []byte) []byte { //nolint:gocyclo // one switch of operations
	switch s.op.Kind {
	case models.OpAddNode:
		allocatable := s.view.Node(s.op.Node).Allocatable()
		b = appendInt(b, "cpu_millicores", allocatable[models.CPU])
		b = appendInt(b, "memory_bytes", allocatable[models.Memory])
		b = s.appendResources(b, allocatable)
	case models.OpCreatePod:
		b = appendInt(b, "priority", int64(s.spec.Priority))
		b = appendInt(b, "cpu_millicores", s.spec.Requests[models.CPU])
		b = appendInt(b, "memory_bytes", s.spec.Requests[models.Memory])
		b = s.appendResources(b, &s.spec.Requests)
	case models.OpSetNodeCondition:
		b = append(b, `,"condition":`...)
		b = appendQuoted(b, s.text(s.op.Name))
		b = append(b, `,"status":"`...)
		b = append(b, models.ConditionStatus(s.op.Arg).String()...)
		b = append(b, '"')
	case models.OpSetNodeReady:
		b = append(b, `,"ready":"`...)
		b = append(b, models.ConditionStatus(s.op.Arg).String()...)
		b = append(b, '"')
	case models.OpRecount:
		b = append(b, `,"ago_seconds":`...)
		b = appendTime(b, s.op.Arg)
	case models.OpSilenceNode:
		b = append(b, `,"kubelet":"`...)
		b = append(b, models.Silence(s.op.Arg).String()...)
		b = append(b, '"')
	case models.OpIndexPod:
		index, _ := models.SplitIndexArg(s.op.Arg)
		b = appendInt(b, "index", int64(index))
	case models.OpCountPod:
		b = appendResult(b, s.op.Arg == 1)
	case models.OpEvictPod, models.OpRefuseEviction:
		b = append(b, `,"component":`...)
		b = appendQuoted(b, s.text(s.op.Name))
		if s.op.Kind == models.OpEvictPod {
			b = s.appendEviction(b)
		}
	case models.OpExitPod, models.OpFinishPod:
		b = appendInt(b, "exit_code", s.op.Arg)
	case models.OpDeletePod, models.OpKillPod:
		b = append(b, `,"grace_seconds":`...)
		b = appendTime(b, s.op.Arg)
		if cause := evictionCause(s.text(s.op.Reason)); s.op.Kind == models.OpDeletePod && cause >= 0 {
			if by := evictionCauses[cause].by; by != "" {
				b = appendQuoted(append(b, `,"component":`...), by)
			}
			b = s.appendEviction(b)
		}
	case models.OpRelabelPod:
		b = s.appendLabels(b)
	case models.OpUpdatePod:
		b = appendInt(b, "generation", s.pod.Generation())
	case models.OpResizePod:
		desired := s.view.Spec(models.SpecID(s.op.Def))
		b = appendInt(b, "generation", s.pod.Generation())
		b = appendInt(b, "cpu_millicores", desired.Requests[models.CPU])
		b = appendInt(b, "memory_bytes", desired.Requests[models.Memory])
	case models.OpPullImage:
		b = s.appendImage(b)
		b = appendInt(b, "image_bytes", s.op.Arg)
	case models.OpRemoveImage:
		b = s.appendImage(b)
	case models.OpStartContainer, models.OpMarkContainer, models.OpStopContainer, models.OpExitContainer, models.OpWaitContainer, models.OpWarnContainer:
		b = s.appendContainer(b)
	case models.OpFailSandbox:
		b = appendInt(b, "times", s.op.Arg)
	case models.OpDebugPod, models.OpStartEphemeral, models.OpEndEphemeral:
		b = s.appendEphemeral(b)
	case models.OpRequestImage, models.OpLackImage, models.OpReceiveImage:
		b = append(b, `,"container":`...)
		b = appendQuoted(b, s.text(s.spec.Containers[s.op.Def].Name))
		b = s.appendImage(b)
		if s.op.Kind == models.OpReceiveImage && s.op.Arg >= 0 {
			b = append(b, `,"pull_seconds":`...)
			b = appendTime(b, s.op.Arg)
		}
	default:
		b = s.appendOwnerDetails(b)
	}
	return b
}

// appendOwnerDetails appends what is told of owners and of objects that hold no pods.
func (s *step) appendOwnerDetails(b []byte) []byte { //nolint:gocyclo // one switch of operations
	switch s.op.Kind {
	case models.OpCreateOwner:
		b = appendInt(b, "replicas", int64(s.view.Owner(s.op.Owner).Replicas()))
	case models.OpScaleOwner:
		b = appendInt(b, "replicas", s.op.Arg)
	case models.OpFinishOwner:
		result := `,"result":"Failed"`
		if s.op.Arg == 1 {
			result = `,"result":"Complete"`
		}
		b = append(b, result...)
	case models.OpEndIndex:
		b = appendResult(appendInt(b, "index", s.op.Arg), s.op.Def == 1)
	case models.OpPutPolicy, models.OpRemovePolicy, models.OpSyncQuota, models.OpUseQuota, models.OpFailCreate, models.OpRefuse,
		models.OpAddNamespace, models.OpEndNamespace, models.OpNoteNamespace, models.OpDropNamespace:
		b = s.appendAdmission(b)
	case models.OpUpdateOwner:
		b = appendInt(b, "generation", int64(s.view.Owner(s.op.Owner).Generation()))
	case models.OpReviseOwner:
		b = appendInt(b, "revision", s.op.Arg)
	case models.OpRecordRevision:
		if s.op.Arg == models.None {
			b = append(b, `,"forgotten":true`...)
		} else {
			b = appendInt(b, "revision", s.op.Arg)
		}
	case models.OpSetCondition, models.OpSetPodCondition:
		b = s.appendCondition(b)
	case models.OpWriteScale:
		b = appendInt(appendInt(b, "current", int64(s.op.Def)), "desired", s.op.Arg)
	case models.OpRescale:
		b = appendInt(b, "replicas", s.op.Arg)
	case models.OpMeasure:
		b = s.appendMeasurement(b)
	case models.OpNoteUpgrade:
		b = append(b, `,"group":`...)
		b = appendQuoted(b, s.text(s.op.Name))
		b = appendInt(b, "count", s.op.Arg)
	case models.OpReportOwner, models.OpReportNode:
		if s.op.Arg == 1 {
			b = append(b, `,"warning":true`...)
		}
	case models.OpBackdatePod, models.OpBackdateOwner:
		b = s.appendPast(b)
	case models.OpBeginFault, models.OpEndFault:
		b = append(b, `,"fault":`...)
		b = appendInt(appendQuoted(b, s.text(s.op.Name)), "nodes", s.op.Arg)
	case models.OpBindClaim:
		b = append(b, `,"volume":`...)
		b = appendQuoted(b, s.text(s.view.Volume(models.VolumeID(s.op.Arg)).Spec().Name))
		b = s.appendClaim(b)
	case models.OpPlaceClaim, models.OpRemoveClaim, models.OpAddClaim, models.OpEndClaim:
		b = s.appendClaim(b)
	case models.OpAddBudget, models.OpUpdateBudget, models.OpRemoveBudget, models.OpWriteBudgetStatus, models.OpAllowDisruption:
		b = s.appendBudget(b)
	case models.OpAddService, models.OpUpdateService, models.OpRemoveService:
		b = s.appendService(b)
	}
	return b
}

// appendImage appends the image that an operation is about.
func (s *step) appendImage(b []byte) []byte {
	b = append(b, `,"image":`...)
	return appendQuoted(b, s.text(s.op.Name))
}

// appendService appends the Service that an operation is about.
func (s *step) appendService(b []byte) []byte {
	id := s.op.Def
	if s.op.Kind == models.OpAddService {
		id = int32(s.view.AllServices() - 1)
	}
	service := s.view.Service(id).Spec()
	b = append(b, `,"service":`...)
	return appendQuoted(b, s.text(service.Namespace)+"/"+s.text(service.Name))
}

// appendBudget appends the PodDisruptionBudget that an operation is about, and its status.
func (s *step) appendBudget(b []byte) []byte {
	id := s.op.Def
	if s.op.Kind == models.OpAddBudget {
		id = int32(s.view.RunBudgets() - 1)
	}
	budget := s.view.Budget(id)
	b = append(b, `,"budget":`...)
	b = appendQuoted(b, s.text(budget.Spec().Namespace)+"/"+budget.Name())
	if is := budget.Status(); s.op.Kind == models.OpWriteBudgetStatus || s.op.Kind == models.OpAllowDisruption {
		b = appendInt(b, "disruptions_allowed", int64(is.Allowed))
		b = appendInt(b, "current_healthy", int64(is.CurrentHealthy))
		b = appendInt(b, "desired_healthy", int64(is.DesiredHealthy))
		b = appendInt(b, "expected_pods", int64(is.ExpectedPods))
	}
	return b
}

// appendLabels appends the labels that a pod has now.
func (s *step) appendLabels(b []byte) []byte {
	b = append(b, `,"labels":{`...)
	for i, label := range s.spec.Labels {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(b, s.text(label.Key))
		b = append(b, ':')
		b = appendQuoted(b, s.text(label.Value))
	}
	return append(b, '}')
}

// appendResult appends how a pod or an index of a Job has ended.
func appendResult(b []byte, succeeded bool) []byte {
	if succeeded {
		return append(b, `,"result":"Succeeded"`...)
	}
	return append(b, `,"result":"Failed"`...)
}

// appendMeasurement appends an amount of a metric of an autoscaler, in thousandths if it
// is no percentage; one that is taken away has none.
func (s *step) appendMeasurement(b []byte) []byte {
	place, amount := models.SplitMeasureDef(s.op.Def)
	b = appendInt(b, "metric", int64(place))
	switch {
	case s.op.Arg == models.Unmeasured:
		return append(b, `,"unmeasured":true`...)
	case amount == models.Utilization:
		return appendInt(b, "percent", s.op.Arg)
	case amount == models.AverageValue:
		return appendInt(b, "average_thousandths", s.op.Arg)
	}
	return appendInt(b, "thousandths", s.op.Arg)
}

// appendCondition appends the type and the status of a condition; one that is taken
// away has no status.
func (s *step) appendCondition(b []byte) []byte {
	b = append(b, `,"condition":`...)
	b = appendQuoted(b, s.text(s.op.Name))
	if s.op.Arg == models.None {
		return b
	}
	b = append(b, `,"status":"`...)
	b = append(b, models.ConditionStatus(s.op.Arg).String()...)
	return append(b, '"')
}

// appendPast appends what is recalled of the time before the run: a moment, as a
// negative time, or a count.
func (s *step) appendPast(b []byte) []byte {
	past := models.Past(s.op.Def)
	b = append(b, `,"past":"`...)
	b = append(b, past.String()...)
	b = append(b, '"')
	if past.Counts() {
		return appendInt(b, "count", s.op.Arg)
	}
	b = append(b, `,"past_t":`...)
	return appendTime(b, int64(s.now)-s.op.Arg)
}

// appendResources appends the resources besides cpu, memory and the number of pods,
// if there are any.
func (s *step) appendResources(b []byte, amounts *models.Resources) []byte {
	open := false
	for r, name := range s.view.Dictionary().ResourceNames() {
		if kind := models.Resource(r); kind == models.CPU || kind == models.Memory || kind == models.Pods || amounts[r] == 0 {
			continue
		}
		if !open {
			b = append(b, `,"resources":{`...)
			open = true
		} else {
			b = append(b, ',')
		}
		b = appendQuoted(b, name)
		b = append(b, ':')
		b = strconv.AppendInt(b, amounts[r], 10)
	}
	if open {
		b = append(b, '}')
	}
	return b
}

func appendInt(b []byte, name string, n int64) []byte {
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return strconv.AppendInt(b, n, 10)
}

// appendTaint writes a taint as kubectl does: key=value:Effect.
func (s *step) appendTaint(b []byte) []byte {
	b = append(b, s.text(s.op.Taint.Key)...)
	if s.op.Taint.Value != 0 {
		b = append(b, '=')
		b = append(b, s.text(s.op.Taint.Value)...)
	}
	b = append(b, ':')
	return append(b, s.op.Taint.Effect.String()...)
}
