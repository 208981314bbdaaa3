package reports

import "github.com/podsim/podsim/models"

// appendAdmission appends what operations tell of ResourceQuotas, LimitRanges,
// namespaces and refusals.
func (s *step) appendAdmission(b []byte) []byte {
	switch s.op.Kind {
	case models.OpPutPolicy, models.OpRemovePolicy, models.OpSyncQuota:
		b = s.appendPolicy(b, models.PolicyID(s.op.Arg))
	case models.OpUseQuota:
		b = s.appendPolicy(b, models.PolicyID(s.op.Def))
		b = append(b, `,"resource":`...)
		b = appendQuoted(b, s.text(s.op.Name))
		is, _ := s.view.Policy(models.PolicyID(s.op.Def)).Used().Of(s.text(s.op.Name))
		b = append(b, `,"used":`...)
		b = appendQuoted(b, is.String())
	case models.OpFailCreate, models.OpRefuse:
		b = append(b, `,"resource":`...)
		b = appendQuoted(b, s.text(s.op.Reason))
		b = append(b, `,"name":`...)
		b = appendQuoted(b, string(models.AppendName(nil, s.text(s.op.Name), s.op.Ordinal)))
		b = append(b, `,"refusal":`...)
		b = appendQuoted(b, models.RefusalForm(s.op.Arg).String())
	default:
		b = append(b, `,"namespace":`...)
		b = appendQuoted(b, s.text(s.op.Name))
		if s.op.Kind == models.OpNoteNamespace {
			b = append(b, `,"condition":`...)
			b = appendQuoted(b, models.NamespaceCondition(s.op.Def).String())
			b = append(b, `,"status":`...)
			b = appendQuoted(b, models.ConditionStatus(s.op.Arg).String())
		}
	}
	return b
}

func (s *step) appendPolicy(b []byte, id models.PolicyID) []byte {
	spec := s.view.Policy(id).Spec()
	b = append(b, `,"policy":`...)
	return appendQuoted(b, spec.Kind.String()+"/"+s.text(spec.Namespace)+"/"+s.text(spec.Name))
}
