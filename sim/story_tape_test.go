package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// tape writes down operations as they are applied.
type tape struct {
	only []string
	text strings.Builder
}

func (p *tape) Observe(now models.Time, op *models.Op, v cluster.View) {
	wanted := len(p.only) == 0 && op.Kind != models.OpAddNode
	for _, name := range p.only {
		wanted = wanted || name == op.Kind.String()
	}
	if !wanted {
		return
	}
	d, fields := v.Dictionary(), op.Kind.Fields()
	fmt.Fprintf(&p.text, "%-10s %s", now, op.Kind)
	if fields&models.FieldPod != 0 {
		fmt.Fprintf(&p.text, " %s", v.Pod(op.Pod).Name())
	}
	if fields&models.FieldOwner != 0 && fields&models.FieldPod == 0 {
		o := v.Owner(op.Owner)
		fmt.Fprintf(&p.text, " %s/%s", o.Kind(), o.Name())
	}
	if fields&models.FieldNode != 0 && op.Node != models.None {
		fmt.Fprintf(&p.text, " %s", v.Node(op.Node).Name())
	}
	switch op.Kind {
	case models.OpAdoptPod:
		fmt.Fprintf(&p.text, " by %s", v.Owner(op.Owner).Name())
	case models.OpAddBudget, models.OpUpdateBudget, models.OpRemoveBudget, models.OpWriteBudgetStatus, models.OpAllowDisruption:
		p.budget(op, v)
	case models.OpAddService, models.OpUpdateService, models.OpRemoveService:
		p.service(op, v)
	case models.OpAdoptOwner:
		fmt.Fprintf(&p.text, " by %s", v.Owner(op.Parent).Name())
	case models.OpRelabelPod:
		for _, label := range v.Pod(op.Pod).Spec().Labels {
			fmt.Fprintf(&p.text, " %s=%s", d.String(label.Key), d.String(label.Value))
		}
	case models.OpDebugPod:
		fmt.Fprintf(&p.text, " %s %s", models.AppendName(nil, d.String(op.Name), op.Ordinal), d.String(op.Message))
	case models.OpStartEphemeral, models.OpEndEphemeral:
		p.text.WriteString(" " + string(v.Pod(op.Pod).Ephemerals()[op.Def].AppendName(nil, d)))
		if op.Kind == models.OpEndEphemeral {
			fmt.Fprintf(&p.text, " exit=%d", op.Arg)
		}
	case models.OpResizeNode:
		fmt.Fprintf(&p.text, " %s=%d", d.String(op.Name), op.Arg)
	case models.OpFailSandbox:
		fmt.Fprintf(&p.text, " times=%d", op.Arg)
	case models.OpUpdatePod:
		fmt.Fprintf(&p.text, " generation=%d", v.Pod(op.Pod).Generation())
	case models.OpResizePod:
		fmt.Fprintf(&p.text, " cpu=%d generation=%d", v.Spec(models.SpecID(op.Def)).Requests[models.CPU], v.Pod(op.Pod).Generation())
	case models.OpDeferResize:
		fmt.Fprintf(&p.text, " %q", d.String(op.Message))
	case models.OpAllocatePod, models.OpActuatePod:
		fmt.Fprintf(&p.text, " counts=%d", v.Pod(op.Pod).Spec().Requests[models.CPU])
	case models.OpSetNodeCondition:
		fmt.Fprintf(&p.text, " %s=%s", d.String(op.Name), models.ConditionStatus(op.Arg))
	case models.OpSetNodeReady:
		fmt.Fprintf(&p.text, " Ready=%s", models.ConditionStatus(op.Arg))
	case models.OpBeginFault, models.OpEndFault:
		fmt.Fprintf(&p.text, " %s nodes=%d", d.String(op.Name), op.Arg)
	case models.OpRecount:
		fmt.Fprintf(&p.text, " ago=%s", time.Duration(op.Arg))
	case models.OpSilenceNode:
		fmt.Fprintf(&p.text, " %s", models.Silence(op.Arg))
	case models.OpTaintNode, models.OpUntaintNode:
		fmt.Fprintf(&p.text, " %s:%s", d.String(op.Taint.Key), op.Taint.Effect)
	case models.OpNoteUpgrade:
		tellUpgrade(&p.text, op, d)
	case models.OpEvictPod, models.OpRefuseEviction:
		fmt.Fprintf(&p.text, " by %s", d.String(op.Name))
	case models.OpDeletePod, models.OpKillPod:
		fmt.Fprintf(&p.text, " grace=%s", time.Duration(op.Arg))
	case models.OpScaleOwner:
		fmt.Fprintf(&p.text, " replicas=%d", op.Arg)
	case models.OpReviseOwner:
		fmt.Fprintf(&p.text, " revision=%d", op.Arg)
	case models.OpRecordRevision:
		what := fmt.Sprint("revision=", op.Arg)
		if op.Arg == models.None {
			what = "forgotten"
		}
		fmt.Fprintf(&p.text, " %s", what)
	case models.OpAddClaim, models.OpEndClaim, models.OpRemoveClaim:
		fmt.Fprintf(&p.text, " %s", d.String(v.Claim(models.ClaimID(op.Def)).Spec().Name))
	case models.OpAddNamespace, models.OpEndNamespace, models.OpDropNamespace:
		fmt.Fprintf(&p.text, " %s", d.String(op.Name))
	case models.OpNoteNamespace:
		fmt.Fprintf(&p.text, " %s %s=%s", d.String(op.Name), models.NamespaceCondition(op.Def), models.ConditionStatus(op.Arg))
	case models.OpPutPolicy, models.OpSyncQuota:
		fmt.Fprintf(&p.text, " %s", d.String(v.Policy(models.PolicyID(op.Arg)).Spec().Name))
	case models.OpUseQuota:
		is, _ := v.Policy(models.PolicyID(op.Def)).Used().Of(d.String(op.Name))
		fmt.Fprintf(&p.text, " %s=%s", is.Name, is)
	case models.OpFailCreate, models.OpRefuse:
		fmt.Fprintf(&p.text, " %s: %s", models.AppendName(nil, d.String(op.Name), op.Ordinal), d.String(op.Message))
	case models.OpSetCondition, models.OpSetPodCondition:
		status := "gone"
		if op.Arg != models.None {
			status = models.ConditionStatus(op.Arg).String()
		}
		fmt.Fprintf(&p.text, " %s=%s", d.String(op.Name), status)
	case models.OpStartContainer, models.OpMarkContainer, models.OpStopContainer, models.OpExitContainer,
		models.OpWaitContainer, models.OpWarnContainer:
		tellContainer(&p.text, op, v)
	case models.OpExitPod, models.OpFinishPod:
		fmt.Fprintf(&p.text, " exit=%d", op.Arg)
	case models.OpIndexPod:
		fmt.Fprintf(&p.text, " index=%d failures=%d", op.Arg, op.Def)
	case models.OpEndIndex:
		fmt.Fprintf(&p.text, " index=%d", op.Arg)
	case models.OpPullImage, models.OpRemoveImage, models.OpRequestImage, models.OpLackImage:
		fmt.Fprintf(&p.text, " %s", d.String(op.Name))
	case models.OpReceiveImage:
		fmt.Fprintf(&p.text, " %s", d.String(op.Name))
		if op.Arg >= 0 {
			fmt.Fprintf(&p.text, " in %s", time.Duration(op.Arg))
		}
	case models.OpFailScheduling:
		fmt.Fprintf(&p.text, " %q", d.String(op.Message))
	}
	p.measured(op, d)
	if op.Reason != 0 {
		fmt.Fprintf(&p.text, " (%s)", d.String(op.Reason))
	}
	if op.Kind == models.OpRejectPod || op.Kind == models.OpRefuseEviction || op.Kind == models.OpFailSandbox || op.Kind == models.OpKillPod && op.Message != 0 {
		fmt.Fprintf(&p.text, " %q", d.String(op.Message))
	}
	if op.Kind == models.OpLackImage {
		fmt.Fprintf(&p.text, " %s", d.String(op.Message))
	}
	p.text.WriteString("\n")
}
