package generate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Object is an object that was made, and what kubectl calls it: pod, deployment.apps.
type Object struct {
	Type, Name string
	value      any
}

// JSON writes an object as kubectl -o json does.
func (o Object) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "    ")
	if err := e.Encode(o.value); err != nil {
		return nil, fmt.Errorf("encoding %s %s: %w", o.Type, o.Name, err)
	}
	return b.Bytes(), nil
}

// parseLabels reads labels such as app=web,tier=front.
// Source: k8s.io/kubectl/pkg/generate/generate.go (ParseLabels).
func parseLabels(text string) (map[string]string, error) {
	labels := make(map[string]string)
	for part := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(part, "=")
		switch {
		case !ok || strings.Contains(value, "="):
			return nil, fmt.Errorf("unexpected label spec: %s", part)
		case key == "":
			return nil, fmt.Errorf("unexpected empty label key")
		}
		labels[key] = value
	}
	return labels, nil
}

// parseEnv reads environment variables such as COLOR=blue.
// Source: k8s.io/kubectl/pkg/generate/versioned/run.go (parseEnvs).
func parseEnv(texts []string) (env []corev1.EnvVar, err error) {
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return nil, fmt.Errorf("invalid env: %s", text)
		}
		env = append(env, corev1.EnvVar{Name: name, Value: value})
	}
	return env, nil
}

// parseResources reads amounts such as cpu=100m,memory=1Gi.
// Source: k8s.io/kubectl/pkg/generate/versioned/run.go (populateResourceListV1).
func parseResources(text string) (corev1.ResourceList, error) {
	if text == "" {
		return nil, nil
	}
	list := corev1.ResourceList{}
	for part := range strings.SplitSeq(text, ",") {
		name, amount, ok := strings.Cut(part, "=")
		if !ok || strings.Contains(amount, "=") {
			return nil, fmt.Errorf("invalid argument syntax %s, expected <resource>=<value>", part)
		}
		quantity, err := resource.ParseQuantity(amount)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
		list[corev1.ResourceName(name)] = quantity
	}
	return list, nil
}
