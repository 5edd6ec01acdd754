package parcel

import (
	"reflect"
	"testing"

	"github.com/entregent/entregent/internal/id"
)

func TestParcel(t *testing.T) {
	full := Parcel{
		ID: id.NewSession(), Login: id.NewLogin(), Was: id.NewLogin(), ConfirmedAt: 1, Proof: -2, Ends: 1 << 60,
		Token: "hashed", Data: map[string]string{"place": "« Québec »"},
	}
	for _, p := range []Parcel{full, {}, {Token: "t"}, {Data: map[string]string{"a": ""}}} {
		packed, err := p.Pack()
		if err != nil {
			t.Fatal(err)
		}
		t.Run("what was packed comes out as it was", func(t *testing.T) {
			if got, err := Unpack(packed); err != nil || !reflect.DeepEqual(got, p) {
				t.Errorf("%+v, %v instead of %+v", got, err, p)
			}
		})
		t.Run("a part of it is never taken for the whole", func(t *testing.T) {
			for n := range packed {
				if got, err := Unpack(packed[:n]); err == nil && reflect.DeepEqual(got, p) {
					t.Errorf("%d of %d bytes", n, len(packed))
				}
			}
		})
	}
}
