package api

import (
	"context"
	"net/http"

	"ward/asset/device"
	"ward/people"
	"ward/store"
)

// labelBody is what a person says about a device.
type labelBody struct {
	Field  string `json:"field" enum:"manufacturer,model,model_number,kind,role,os,version,serial,hostname,location,department,tier,asset_id,owner"`
	Value  string `json:"value" minLength:"1" maxLength:"500"`
	Reason string `json:"reason" minLength:"10" maxLength:"2000"`
}

// labels are the operations on a person's word about a device, which wins over
// other claims.
func labels(s *service) {
	o := post("label-device", "/devices/{id}/labels", people.LabelDevice, "Say what a device is")
	o.Text = "A label is a decision of the kind label; revoke-decision takes it back."
	o.Status = http.StatusCreated
	add(s, o, func(ctx context.Context, in *struct {
		ByID
		Body labelBody
	}) (*answer[store.Decision], error) {
		d, err := s.mine(ctx, device.ID(in.ID))
		if err != nil {
			return nil, err
		}
		x, err := s.Store.Decide(ctx, store.Decision{Kind: store.Label, Device: d.ID, Field: device.Field(in.Body.Field), Value: in.Body.Value, Reason: in.Body.Reason}, false, actor(ctx))
		if err == nil {
			s.decided(x)
		}
		return give(x, err)
	})
}

func (s *service) decided(d store.Decision) {
	if s.Decided != nil {
		s.Decided(d)
	}
}
