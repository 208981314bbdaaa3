package cluster

import (
	"fmt"

	"github.com/podsim/podsim/models"
)

// Apply carries out one operation at a time. It is the only way that a cluster
// changes. An unlawful operation is refused with an error and changes nothing.
func (c *Cluster) Apply(now models.Time, op *models.Op) error {
	if now < c.now {
		return fmt.Errorf("%s at %s: time runs backwards, it is %s already", op.Kind, now, c.now)
	}
	if err := c.change(now, op); err != nil {
		return fmt.Errorf("%s at %s: %w", op.Kind, now, err)
	}
	c.now = now
	c.operations++
	if len(c.budgets.rows) > 0 && op.Kind.Fields()&models.FieldPod != 0 {
		c.countMember(op.Pod)
	}
	c.log.Append(now, op)
	c.applied = *op // the caller's stays on its stack
	for _, o := range c.observers {
		o.Observe(now, &c.applied, View{c})
	}
	if op.Kind == models.OpRemovePod {
		c.pods.release(int32(op.Pod))
	}
	if c.log.CheckpointDue() {
		c.log.Checkpoint(c.Snapshot())
	}
	return nil
}

func (c *Cluster) change(now models.Time, op *models.Op) error {
	switch op.Kind {
	case models.OpAddNode:
		return c.addNode(now, op)
	case models.OpCrashNode, models.OpRestoreNode, models.OpSetNodeReady,
		models.OpTaintNode, models.OpUntaintNode, models.OpPullImage, models.OpRemoveImage, models.OpSilenceNode, models.OpShutDownNode,
		models.OpCordonNode, models.OpLabelNode, models.OpUnlabelNode, models.OpResizeNode, models.OpReportNode, models.OpSetNodeCondition,
		models.OpNoteUpgrade, models.OpRemoveNode, models.OpRecount:
		return c.changeNode(now, op)
	case models.OpCreateOwner:
		return c.createOwner(now, op)
	case models.OpScaleOwner, models.OpFinishOwner, models.OpDeleteOwner,
		models.OpUpdateOwner, models.OpReviseOwner, models.OpSetCondition,
		models.OpRecordRevision, models.OpSettleRevision, models.OpTerminateOwner, models.OpOrphanOwner,
		models.OpAdoptOwner, models.OpMissJob,
		models.OpWriteScale, models.OpMeasure, models.OpRescale, models.OpReportOwner:
		return c.changeOwner(now, op)
	case models.OpEndIndex, models.OpWriteJobStatus:
		return c.changeJob(now, op)
	case models.OpPutPolicy, models.OpRemovePolicy, models.OpSyncQuota, models.OpUseQuota:
		return c.changePolicy(now, op)
	case models.OpAddNamespace, models.OpEndNamespace, models.OpNoteNamespace, models.OpDropNamespace:
		return c.changeNamespace(now, op)
	case models.OpFailCreate:
		return c.changeOwner(now, op)
	case models.OpRefuse, models.OpBeginFault, models.OpEndFault:
		return nil // the cluster stays as it is
	case models.OpAddBudget, models.OpUpdateBudget, models.OpRemoveBudget, models.OpWriteBudgetStatus:
		return c.changeBudget(now, op)
	case models.OpAddService, models.OpUpdateService, models.OpRemoveService:
		return c.changeService(now, op)
	case models.OpBackdateOwner:
		return c.backdateOwner(now, op)
	case models.OpCreatePod:
		return c.createPod(now, op)
	case models.OpBindClaim, models.OpPlaceClaim, models.OpRemoveClaim:
		return c.changeClaim(op)
	case models.OpAddClaim, models.OpEndClaim:
		return c.storage.beginOrEnd(now, op)
	}
	if !c.pods.has(int32(op.Pod)) {
		return fmt.Errorf("no pod has id %d", op.Pod)
	}
	row := c.pods.at(int32(op.Pod))
	if row.is(podRemoved) {
		return fmt.Errorf("pod %d is gone", op.Pod)
	}
	return c.changePod(now, op, row)
}
