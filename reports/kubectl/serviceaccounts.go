package kubectl

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// tokenPath is where the token of its service account is in every container.
// Source: plugin/pkg/admission/serviceaccount/admission.go (DefaultAPITokenMountPath).
const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"

// admit completes the specification of a pod as admission does it: with a service account
// and its token.
// Source: plugin/pkg/admission/serviceaccount/admission.go (Admit, TokenVolumeSource),
// plugin/pkg/admission/priority/admission.go.
func (x *extra) admit(pod cluster.Pod, out map[string]any) {
	addMissing(out, map[string]any{"preemptionPolicy": "PreemptLowerPriority", "enableServiceLinks": true})
	if pod.Spec().PreemptionNever {
		out["preemptionPolicy"] = "Never"
	}
	if pod.Spec().Static {
		return
	}
	addMissing(out, map[string]any{"serviceAccountName": "default"})
	addMissing(out, map[string]any{"serviceAccount": out["serviceAccountName"]})
	volume := x.tokenVolume(pod)
	if volume == nil {
		return
	}
	out["volumes"] = append(listAt(out, "volumes")[:len(listAt(out, "volumes")):len(listAt(out, "volumes"))], volume)
	for _, list := range []string{"containers", "initContainers"} {
		for _, c := range listAt(out, list) {
			c := c.(map[string]any)
			c["volumeMounts"] = withToken(listAt(c, "volumeMounts"), volume)
		}
	}
}

// withToken adds the mount of a token, if nothing else is there.
func withToken(mounts []any, volume map[string]any) []any {
	for _, mount := range mounts {
		if textAt(mount, "mountPath") == tokenPath {
			return mounts
		}
	}
	mounts = mounts[:len(mounts):len(mounts)]
	return append(mounts, map[string]any{"name": volume["name"], "mountPath": tokenPath, "readOnly": true})
}

// tokenVolume is the volume with the token of the service account of a pod, or nil if it
// has none. Its name is generated; here the pod decides.
func (x *extra) tokenVolume(pod cluster.Pod) map[string]any {
	if pod.Spec().Static || at(x.spec, "automountServiceAccountToken") == false {
		return nil
	}
	for _, v := range listAt(x.spec, "volumes") {
		for _, c := range listAt(v, "projected", "sources") {
			if mapAt(c, "serviceAccountToken") != nil && len(textAt(v, "name")) > len("kube-api-access-") && textAt(v, "name")[:16] == "kube-api-access-" {
				return nil // a server wrote it
			}
		}
	}
	return map[string]any{
		"name": string(models.AppendName(nil, "kube-api-access", int32(pod.ID()))),
		"projected": map[string]any{"defaultMode": 420, "sources": []any{
			map[string]any{"serviceAccountToken": map[string]any{"expirationSeconds": 3607, "path": "token"}},
			map[string]any{"configMap": map[string]any{"name": "kube-root-ca.crt", "items": []any{map[string]any{"key": "ca.crt", "path": "ca.crt"}}}},
			map[string]any{"downwardAPI": map[string]any{"items": []any{map[string]any{
				"path": "namespace", "fieldRef": map[string]any{"apiVersion": "v1", "fieldPath": "metadata.namespace"},
			}}}},
		}},
	}
}
