package models

// OpKind says what an operation changes.
type OpKind uint8

// The operations, in the order of a pod's life. Every change of a cluster is
// one of them; docs/ of a run call them by their String.
const (
	OpNone OpKind = iota

	OpAddNode      // a node joins, or one that was removed does so again: Node, Def (NodeSpecID)
	OpCrashNode    // a node loses power: Node, Reason (the fault)
	OpRestoreNode  // a crashed node is up again: Node
	OpSetNodeReady // the Ready condition changes: Node, Arg (ConditionStatus), Reason
	OpTaintNode    // Node, Taint
	OpUntaintNode  // Node, Taint
	OpCordonNode   // Node, Arg (1 cordoned, 0 not)
	OpLabelNode    // it gets a label, or another value of it: Node, Taint (its Key and Value)
	OpUnlabelNode  // Node, Taint (its Key)
	OpResizeNode   // what pods may take of it changes: Node, Name (the resource), Arg
	OpPullImage    // an image arrives on a node: Node, Name (the image), Arg (bytes)

	OpCreateOwner // Owner, Parent, Def (OwnerSpecID), Name, Ordinal
	OpScaleOwner  // Owner, Arg (replicas)
	OpFinishOwner // a Job ends: Owner, Arg (1 complete, 0 failed), Reason
	OpDeleteOwner // Owner, Reason

	OpCreatePod      // Pod, Owner, Def (SpecID), Name, Ordinal
	OpFailScheduling // an attempt found no node: Pod, Message
	OpNominatePod    // preemption makes room for it: Pod, Node (None takes that back)
	OpBindPod        // Pod, Node
	OpStartPod       // its containers run: Pod
	OpReadyPod       // Pod
	OpUnreadyPod     // Pod, Reason
	OpExitPod        // its containers ended and will be restarted: Pod, Arg (exit code), Reason
	OpFinishPod      // it reaches Succeeded (exit code 0) or Failed: Pod, Arg (exit code), Reason
	OpDeletePod      // it is marked for deletion: Pod, Arg (grace, ns), Reason (who and why)
	OpRemovePod      // the object is gone: Pod

	OpBackdateOwner // what it brings from before the run: Owner, Def (Past), Arg
	OpBackdatePod   // what it brings from before the run: Pod, Def (Past), Arg

	OpBindClaim  // a volume is meant for a claim: Arg (VolumeID), Def (ClaimID; None takes that back)
	OpPlaceClaim // a claim's volume is to be made for a node: Def (ClaimID), Node (None takes that back)

	OpAssumePod // a scheduler keeps room for it until it is bound: Pod, Node
	OpForgetPod // a scheduler gives that room back: Pod

	OpUpdateOwner  // its specification changes, but for its replicas: Owner, Def (OwnerSpecID)
	OpReviseOwner  // a ReplicaSet becomes a revision of its Deployment: Owner, Arg (its number)
	OpSetCondition // a condition of its status: Owner, Name (the type), Arg (ConditionStatus; None takes it away), Reason, Message

	OpRecordRevision // a template becomes a revision of a StatefulSet or DaemonSet: Owner, Def (SpecID), Arg (its number; None forgets it)
	OpSettleRevision // a revision becomes the current one of a StatefulSet: Owner, Def (SpecID)
	OpRemoveClaim    // a claim is deleted: Def (ClaimID)

	OpIndexPod       // a pod of an Indexed Job is told its index: Pod, Arg (IndexArg), Def (failures of the index before it)
	OpCountPod       // its Job notes an ended pod in status.uncountedTerminatedPods: Pod, Arg (1 succeeded, 0 failed)
	OpUntrackPod     // its Job takes the finalizer batch.kubernetes.io/job-tracking away: Pod
	OpEndIndex       // an index of a Job is settled: Owner, Arg (the index), Def (1 succeeded, 0 failed)
	OpWriteJobStatus // the Job controller writes what it has found: Owner

	OpTerminateOwner // it is marked for deletion and stays for now: Owner, Arg (Propagation), Reason
	OpOrphanPod      // it belongs to nobody from now on: Pod, Name (its name, with the Ordinal)
	OpOrphanOwner    // likewise a child of an owner: Owner

	OpRequestImage  // its kubelet asks for the image of a container: Pod, Name (the image), Def (the container)
	OpReceiveImage  // the kubelet has it: Pod, Name, Def (the container), Arg (how long the pull took, ns; None if it was there)
	OpLackImage     // the container cannot be created for want of it: Pod, Name, Def (the container), Reason, Message
	OpRemoveImage   // an image goes from a node to make room: Node, Name (the image)
	OpAdoptPod      // one that belongs to nobody gets an owner: Pod, Owner
	OpAdoptOwner    // likewise a ReplicaSet, whose parent a Deployment becomes: Owner, Parent
	OpRelabelPod    // its labels change: Pod, Def (SpecID with the new ones), Arg (SpecID that it had)
	OpSilenceNode   // its kubelet falls silent, or is heard again: Node, Arg (Silence), Reason (the fault)
	OpMissJob       // a CronJob does not start the Job that is due: Owner, Arg (the moment, in Unix seconds), Reason
	OpPutPolicy     // a ResourceQuota or LimitRange is made or changed: Arg (PolicyID), Def (PolicySpecID)
	OpRemovePolicy  // it is deleted: Arg (PolicyID)
	OpSyncQuota     // the quota controller takes its spec.hard into its status: Arg (PolicyID)
	OpUseQuota      // its status.used changes: Def (PolicyID), Name (the resource; the Ordinal is a QuantityFormat), Arg (the amount)
	OpFailCreate    // a controller is refused an object: Owner, Name (the object's), Reason (its resource), Arg (RefusalForm), Message
	OpRefuse        // a user is refused an object: Name (the object's), Reason (its resource), Arg (RefusalForm), Message
	OpAddNamespace  // Name
	OpEndNamespace  // it is marked for deletion: Name
	OpNoteNamespace // a condition of its status: Name, Def (NamespaceCondition), Arg (ConditionStatus), Reason, Message
	OpDropNamespace // the object is gone: Name
	OpRejectPod     // its kubelet refuses it, and it fails: Pod, Reason, Message
	OpWriteScale    // an autoscaler writes what it has found: Owner, Def (current replicas), Arg (desired replicas)
	OpMeasure       // a metric in the status of an autoscaler: Owner, Def (MeasureDef), Arg (the amount; Unmeasured takes it away)
	OpRescale       // an autoscaler has scaled its target: Owner, Arg (replicas), Message (why)
	OpReportOwner   // a controller tells of it, and that is all: Owner, Arg (1 is a warning), Reason, Message
	OpReportNode    // likewise the kubelet, of its node: Node, Arg (1 is a warning), Reason, Message

	OpAddBudget         // a PodDisruptionBudget gets the next number: Def (its definition)
	OpUpdateBudget      // Def (its number), Arg (another definition)
	OpRemoveBudget      // Def (its number)
	OpWriteBudgetStatus // its status becomes what its pods make: Def, Message (why that failed, if it did)
	OpAllowDisruption   // it lets a pod go: Pod, Def
	OpShutDownNode      // it is told to shut down, and ends its pods first: Node, Reason (the fault)

	// Of pods whose containers are told apart; Def says which container.
	OpStartSandbox    // its sandbox and network are there: Pod
	OpStartContainer  // a container runs: Pod, Def, Arg (ContainerMarks)
	OpMarkContainer   // it has started up or is ready, or no more: Pod, Def, Arg (ContainerMarks)
	OpStopContainer   // it is told to stop: Pod, Def, Arg (grace, ns), Message (why)
	OpExitContainer   // it ended: Pod, Def, Arg (exit code), Reason
	OpWaitContainer   // it waits: Pod, Def, Arg (for how long after its end, ns), Reason, Message
	OpWarnContainer   // its kubelet warns of it: Pod, Def, Arg (how often), Reason, Message
	OpResetContainers // all containers are to start over: Pod, Arg (1 they are being taken away, 0 they are gone), Reason

	OpUpdatePod   // its specification changes, in what may: Pod, Def (SpecID), Arg (SpecID that it had)
	OpResizePod   // it is to have other resources: Pod, Def (SpecID with them), Arg (ResizeArg)
	OpDeferResize // there is no room for them: Pod, Arg (ResizeArg), Reason (Deferred or Infeasible), Message
	OpAllocatePod // the kubelet sets them aside: Pod, Arg (ResizeArg)
	OpActuatePod  // its containers have them: Pod, Arg (ResizeArg)

	OpKillPod         // its kubelet begins to end it as a whole, and it will fail: Pod, Arg (grace, ns), Reason, Message
	OpEvictPod        // it is chosen to leave: Pod, Name (the component), Reason (the rule or strategy), Message (why)
	OpBeginFault      // a fault begins: Name (its name), Reason (its action), Arg (how many nodes it holds)
	OpEndFault        // it is over: Name, Reason, Arg
	OpSetPodCondition // a condition that its kubelet leaves to others: Pod, Name (the type), Arg (ConditionStatus; None takes it away), Reason, Message
	OpDebugPod        // it gets an ephemeral container: Pod, Name (its name, with the Ordinal), Message (the image), Reason (the container that it looks at)
	OpStartEphemeral  // that runs: Pod, Def (its number), Arg (1 if its image has been pulled for it)
	OpEndEphemeral    // it has ended: Pod, Def, Arg (exit code)

	OpNoteUpgrade      // the upgrade of a node group goes on: Node, Name (the group), Arg (how many nodes), Reason (the stage), Message
	OpSetNodeCondition // a condition of its status other than Ready: Node, Name (the type), Arg (ConditionStatus, False or True), Reason
	OpFailSandbox      // its kubelet cannot make its sandbox: Pod, Arg (how often since that was last told), Reason, Message
	OpRemoveNode       // its object is deleted, and the machine goes on as it is: Node, Reason (who); OpAddNode brings it back
	OpAddService       // a Service gets the next number: Def (its definition)
	OpUpdateService    // Def (its number), Arg (another definition)
	OpRemoveService    // Def (its number)
	OpRefuseEviction   // a component is refused the eviction of a pod, and tells: Pod, Name (the component), Reason (the rule or strategy), Message (why)
	OpRecount          // its kubelet is back, and tells from here on of what happened so long ago: Node, Arg (ns; 0 is now)
	OpAddClaim         // a claim that comes later is made: Def (ClaimID)
	OpEndClaim         // it is marked for deletion: Def (ClaimID)

	opKinds
)

// OpField is a set of the fields that an operation uses.
type OpField uint16

// The fields of Op that carry meaning for some kind.
const (
	FieldPod OpField = 1 << iota
	FieldNode
	FieldOwner
	FieldParent
	FieldDef
	FieldName
	FieldArg
	FieldReason
	FieldMessage
	FieldTaint
)

var opTable = [opKinds]struct {
	name   string
	fields OpField
}{
	OpNone:           {"None", 0},
	OpAddNode:        {"AddNode", FieldNode | FieldDef},
	OpCrashNode:      {"CrashNode", FieldNode | FieldReason},
	OpRestoreNode:    {"RestoreNode", FieldNode},
	OpSetNodeReady:   {"SetNodeReady", FieldNode | FieldArg | FieldReason},
	OpTaintNode:      {"TaintNode", FieldNode | FieldTaint},
	OpUntaintNode:    {"UntaintNode", FieldNode | FieldTaint},
	OpCordonNode:     {"CordonNode", FieldNode | FieldArg},
	OpLabelNode:      {"LabelNode", FieldNode | FieldTaint},
	OpUnlabelNode:    {"UnlabelNode", FieldNode | FieldTaint},
	OpResizeNode:     {"ResizeNode", FieldNode | FieldName | FieldArg},
	OpPullImage:      {"PullImage", FieldNode | FieldName | FieldArg},
	OpCreateOwner:    {"CreateOwner", FieldOwner | FieldParent | FieldDef | FieldName},
	OpScaleOwner:     {"ScaleOwner", FieldOwner | FieldArg},
	OpFinishOwner:    {"FinishOwner", FieldOwner | FieldArg | FieldReason},
	OpDeleteOwner:    {"DeleteOwner", FieldOwner | FieldReason},
	OpCreatePod:      {"CreatePod", FieldPod | FieldOwner | FieldDef | FieldName},
	OpFailScheduling: {"FailScheduling", FieldPod | FieldMessage},
	OpNominatePod:    {"NominatePod", FieldPod | FieldNode},
	OpBindPod:        {"BindPod", FieldPod | FieldNode},
	OpStartPod:       {"StartPod", FieldPod},
	OpReadyPod:       {"ReadyPod", FieldPod},
	OpUnreadyPod:     {"UnreadyPod", FieldPod | FieldReason},
	OpExitPod:        {"ExitPod", FieldPod | FieldArg | FieldReason},
	OpFinishPod:      {"FinishPod", FieldPod | FieldArg | FieldReason},
	OpDeletePod:      {"DeletePod", FieldPod | FieldArg | FieldReason},
	OpRemovePod:      {"RemovePod", FieldPod},
	OpBackdateOwner:  {"BackdateOwner", FieldOwner | FieldDef | FieldArg},
	OpBackdatePod:    {"BackdatePod", FieldPod | FieldDef | FieldArg},
	OpBindClaim:      {"BindClaim", FieldDef | FieldArg},
	OpPlaceClaim:     {"PlaceClaim", FieldDef | FieldNode},
	OpAssumePod:      {"AssumePod", FieldPod | FieldNode},
	OpForgetPod:      {"ForgetPod", FieldPod},
	OpUpdateOwner:    {"UpdateOwner", FieldOwner | FieldDef},
	OpReviseOwner:    {"ReviseOwner", FieldOwner | FieldArg},
	OpSetCondition:   {"SetCondition", FieldOwner | FieldName | FieldArg | FieldReason | FieldMessage},
	OpRecordRevision: {"RecordRevision", FieldOwner | FieldDef | FieldArg},
	OpSettleRevision: {"SettleRevision", FieldOwner | FieldDef},
	OpRemoveClaim:    {"RemoveClaim", FieldDef},

	OpIndexPod:       {"IndexPod", FieldPod | FieldDef | FieldArg},
	OpCountPod:       {"CountPod", FieldPod | FieldArg},
	OpUntrackPod:     {"UntrackPod", FieldPod},
	OpEndIndex:       {"EndIndex", FieldOwner | FieldDef | FieldArg},
	OpWriteJobStatus: {"WriteJobStatus", FieldOwner},
	OpTerminateOwner: {"TerminateOwner", FieldOwner | FieldArg | FieldReason},
	OpOrphanPod:      {"OrphanPod", FieldPod | FieldName},
	OpOrphanOwner:    {"OrphanOwner", FieldOwner},
	OpRequestImage:   {"RequestImage", FieldPod | FieldDef | FieldName},
	OpReceiveImage:   {"ReceiveImage", FieldPod | FieldDef | FieldName | FieldArg},
	OpLackImage:      {"LackImage", FieldPod | FieldDef | FieldName | FieldReason | FieldMessage},
	OpRemoveImage:    {"RemoveImage", FieldNode | FieldName},
	OpAdoptPod:       {"AdoptPod", FieldPod | FieldOwner},
	OpAdoptOwner:     {"AdoptOwner", FieldOwner | FieldParent},
	OpRelabelPod:     {"RelabelPod", FieldPod | FieldDef | FieldArg},
	OpSilenceNode:    {"SilenceNode", FieldNode | FieldArg | FieldReason},
	OpMissJob:        {"MissJob", FieldOwner | FieldArg | FieldReason},

	OpPutPolicy:     {"PutPolicy", FieldDef | FieldArg},
	OpRemovePolicy:  {"RemovePolicy", FieldArg},
	OpSyncQuota:     {"SyncQuota", FieldArg},
	OpUseQuota:      {"UseQuota", FieldDef | FieldName | FieldArg},
	OpFailCreate:    {"FailCreate", FieldOwner | FieldName | FieldArg | FieldReason | FieldMessage},
	OpRefuse:        {"Refuse", FieldName | FieldArg | FieldReason | FieldMessage},
	OpAddNamespace:  {"AddNamespace", FieldName},
	OpEndNamespace:  {"EndNamespace", FieldName},
	OpNoteNamespace: {"NoteNamespace", FieldDef | FieldName | FieldArg | FieldReason | FieldMessage},
	OpDropNamespace: {"DropNamespace", FieldName},
	OpRejectPod:     {"RejectPod", FieldPod | FieldReason | FieldMessage},

	OpAddBudget:         {"AddBudget", FieldDef},
	OpUpdateBudget:      {"UpdateBudget", FieldDef | FieldArg},
	OpRemoveBudget:      {"RemoveBudget", FieldDef},
	OpWriteBudgetStatus: {"WriteBudgetStatus", FieldDef | FieldMessage},
	OpAllowDisruption:   {"AllowDisruption", FieldPod | FieldDef},
	OpWriteScale:        {"WriteScale", FieldOwner | FieldDef | FieldArg},
	OpMeasure:           {"Measure", FieldOwner | FieldDef | FieldArg},
	OpRescale:           {"Rescale", FieldOwner | FieldArg | FieldMessage},
	OpReportOwner:       {"ReportOwner", FieldOwner | FieldArg | FieldReason | FieldMessage},
	OpReportNode:        {"ReportNode", FieldNode | FieldArg | FieldReason | FieldMessage},

	OpStartSandbox:     {"StartSandbox", FieldPod},
	OpStartContainer:   {"StartContainer", FieldPod | FieldDef | FieldArg},
	OpMarkContainer:    {"MarkContainer", FieldPod | FieldDef | FieldArg},
	OpStopContainer:    {"StopContainer", FieldPod | FieldDef | FieldArg | FieldMessage},
	OpExitContainer:    {"ExitContainer", FieldPod | FieldDef | FieldArg | FieldReason},
	OpWaitContainer:    {"WaitContainer", FieldPod | FieldDef | FieldArg | FieldReason | FieldMessage},
	OpWarnContainer:    {"WarnContainer", FieldPod | FieldDef | FieldArg | FieldReason | FieldMessage},
	OpResetContainers:  {"ResetContainers", FieldPod | FieldArg | FieldReason},
	OpShutDownNode:     {"ShutDownNode", FieldNode | FieldReason},
	OpUpdatePod:        {"UpdatePod", FieldPod | FieldDef | FieldArg},
	OpResizePod:        {"ResizePod", FieldPod | FieldDef | FieldArg},
	OpDeferResize:      {"DeferResize", FieldPod | FieldArg | FieldReason | FieldMessage},
	OpAllocatePod:      {"AllocatePod", FieldPod | FieldArg},
	OpActuatePod:       {"ActuatePod", FieldPod | FieldArg},
	OpKillPod:          {"KillPod", FieldPod | FieldArg | FieldReason | FieldMessage},
	OpEvictPod:         {"EvictPod", FieldPod | FieldName | FieldReason | FieldMessage},
	OpBeginFault:       {"BeginFault", FieldName | FieldArg | FieldReason},
	OpEndFault:         {"EndFault", FieldName | FieldArg | FieldReason},
	OpDebugPod:         {"DebugPod", FieldPod | FieldName | FieldReason | FieldMessage},
	OpStartEphemeral:   {"StartEphemeral", FieldPod | FieldDef | FieldArg},
	OpEndEphemeral:     {"EndEphemeral", FieldPod | FieldDef | FieldArg},
	OpSetPodCondition:  {"SetPodCondition", FieldPod | FieldName | FieldArg | FieldReason | FieldMessage},
	OpNoteUpgrade:      {"NoteUpgrade", FieldNode | FieldName | FieldArg | FieldReason | FieldMessage},
	OpSetNodeCondition: {"SetNodeCondition", FieldNode | FieldName | FieldArg | FieldReason},
	OpFailSandbox:      {"FailSandbox", FieldPod | FieldArg | FieldReason | FieldMessage},
	OpRemoveNode:       {"RemoveNode", FieldNode | FieldReason},
	OpAddService:       {"AddService", FieldDef},
	OpUpdateService:    {"UpdateService", FieldDef | FieldArg},
	OpRemoveService:    {"RemoveService", FieldDef},
	OpRefuseEviction:   {"RefuseEviction", FieldPod | FieldName | FieldReason | FieldMessage},
	OpRecount:          {"Recount", FieldNode | FieldArg},
	OpAddClaim:         {"AddClaim", FieldDef},
	OpEndClaim:         {"EndClaim", FieldDef},
}

// String returns the name of the kind.
func (k OpKind) String() string { return opTable[k].name }

// Known reports whether there is such a kind.
func (k OpKind) Known() bool { return k < opKinds }

// Fields returns the fields that the kind uses.
func (k OpKind) Fields() OpField { return opTable[k].fields }

// OpKinds returns every kind of operation, in the order of a pod's life.
func OpKinds() []OpKind {
	kinds := make([]OpKind, 0, opKinds-1)
	for k := OpNone + 1; k < opKinds; k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

// Op is one change of the cluster, proposed by a policy and recorded once
// applied. Which fields mean something depends on Kind.
type Op struct {
	Kind    OpKind
	Pod     PodID
	Node    NodeID
	Owner   OwnerID
	Parent  OwnerID
	Def     int32 // SpecID, NodeSpecID, OwnerSpecID, ClaimID or Past
	Name    Sym
	Ordinal int32 // goes with Name: see Name in models
	Reason  Sym
	Message Sym
	Arg     int64
	Taint   Taint
}

// ConditionStatus is the status of a condition.
type ConditionStatus uint8

// The statuses of conditions.
const (
	ConditionUnknown ConditionStatus = iota
	ConditionFalse
	ConditionTrue
)

// String returns the status as Kubernetes writes it.
func (s ConditionStatus) String() string {
	return [...]string{"Unknown", "False", "True"}[s]
}

// Phase is the phase of a pod.
type Phase uint8

// The phases of pods. The legacy phase Unknown does not occur.
const (
	Pending Phase = iota
	Running
	Succeeded
	Failed
)

// String returns the phase as Kubernetes writes it.
func (p Phase) String() string {
	return [...]string{"Pending", "Running", "Succeeded", "Failed"}[p]
}

// Terminal reports whether the phase is final.
func (p Phase) Terminal() bool { return p >= Succeeded }

// Propagation is what becomes of the dependents of an object that is deleted.
type Propagation uint8

// The propagation policies of deletions.
const (
	Background Propagation = iota // they are deleted when the object is gone
	Foreground                    // the object goes when they are gone
	Orphan                        // they stay, and belong to nobody
)

// String returns the policy as Kubernetes writes it.
func (p Propagation) String() string {
	return [...]string{"Background", "Foreground", "Orphan"}[p]
}

// Silence is why the kubelet of a node that is up is not heard.
type Silence uint8

// The silences. The containers of the node go on under each of them.
const (
	Heard   Silence = iota // it is heard
	Stopped                // it does not run
	CutOff                 // it runs, and the node does not reach the control plane
)

// String describes the silence in a word.
func (s Silence) String() string { return [...]string{"Heard", "Stopped", "CutOff"}[s] }
