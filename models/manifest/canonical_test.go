package manifest

import (
	"reflect"
	"testing"

	"github.com/podsim/podsim/models"
)

// Pods are shared by their canonical text, so it must tell apart specifications
// that differ in any field, also in one that models gains later.
func TestCanonicalSeesEveryField(t *testing.T) {
	d := models.NewDictionary()
	d.Sym("x")
	s := NewSet(d)
	empty := s.canonical(&models.PodSpec{}, "")
	// walk changes one field at a time and puts the old value back.
	var walk func(path string, v reflect.Value, changed func(path string))
	walk = func(path string, v reflect.Value, changed func(string)) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		defer v.Set(old)
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i), changed)
			}
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			changed(path + "[]")
			walk(path+"[0]", v.Index(0), changed)
		case reflect.Array:
			walk(path+"[0]", v.Index(0), changed)
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			changed(path)
			walk(path, v.Elem(), changed)
		case reflect.Bool:
			v.SetBool(true)
			changed(path)
		case reflect.Int32, reflect.Int64:
			v.SetInt(1)
			changed(path)
		case reflect.String:
			v.SetString("changed")
			changed(path)
		case reflect.Uint8:
			v.SetUint(1)
			changed(path)
		default:
			t.Fatalf("%s: no change for kind %s", path, v.Kind())
		}
	}
	pod := &models.PodSpec{}
	seen := map[string]string{empty: "nothing"}
	walk("", reflect.ValueOf(pod).Elem(), func(path string) {
		if path == ".Namespace" || path == ".Behavior" {
			return // kept beside the text; chosen after compiling
		}
		text := s.canonical(pod, "") + detailText(pod.Detail)
		if other, ok := seen[text]; ok {
			t.Errorf("a change of %s reads as that of %s", path, other)
		}
		seen[text] = path
	})
}
