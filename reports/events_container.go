package reports

import "github.com/podsim/podsim/models"

// appendContainer appends what an operation says of one container of a pod.
func (s *step) appendContainer(b []byte) []byte {
	b = append(b, `,"container":`...)
	b = appendQuoted(b, s.text(s.spec.Containers[s.op.Def].Name))
	switch s.op.Kind {
	case models.OpStartContainer, models.OpMarkContainer:
		marks := models.ContainerMarks(s.op.Arg)
		b = append(b, `,"started":`...)
		b = appendBool(b, marks&models.ContainerStarted != 0)
		b = append(b, `,"container_ready":`...)
		b = appendBool(b, marks&models.ContainerReady != 0)
	case models.OpStopContainer:
		b = append(b, `,"grace_seconds":`...)
		b = appendTime(b, s.op.Arg)
	case models.OpExitContainer:
		b = appendInt(b, "exit_code", s.op.Arg)
	case models.OpWaitContainer:
		if s.op.Arg > 0 {
			b = append(b, `,"backoff_seconds":`...)
			b = appendTime(b, s.op.Arg)
		}
	case models.OpWarnContainer:
		b = appendInt(b, "times", s.op.Arg)
	}
	return b
}

func appendBool(b []byte, is bool) []byte {
	if is {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}

// appendEphemeral appends what an operation says of an ephemeral container of a pod.
func (s *step) appendEphemeral(b []byte) []byte {
	list := s.pod.Ephemerals()
	i := int(s.op.Def)
	if s.op.Kind == models.OpDebugPod {
		i = len(list) - 1
	}
	e := &list[i]
	b = append(b, `,"container":`...)
	b = appendQuoted(b, string(e.AppendName(nil, s.view.Dictionary())))
	switch s.op.Kind {
	case models.OpDebugPod:
		b = append(b, `,"image":`...)
		b = appendQuoted(b, s.text(e.Image))
		if e.Target != 0 {
			b = append(b, `,"target":`...)
			b = appendQuoted(b, s.text(e.Target))
		}
	case models.OpEndEphemeral:
		b = appendInt(b, "exit_code", s.op.Arg)
	}
	return b
}
