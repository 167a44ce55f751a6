package intake

import (
	"bytes"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"ward/asset/device"
	"ward/store"
)

// Kinds of evidence.
const (
	partInventory = "inventory"
	partAssets    = "assets"
)

// pack makes evidence of what an import told.
func pack(id, kind string, v *device.Inventory) (store.Evidence, error) {
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(4<<20))
	if err != nil {
		return store.Evidence{}, err
	}
	if err := v.Save(z); err != nil {
		return store.Evidence{}, err
	}
	if err := z.Close(); err != nil {
		return store.Evidence{}, err
	}
	return store.Evidence{Import: id, Kind: kind, Blob: b.Bytes()}, nil
}

// Unpack reads the part of the inventory back.
func Unpack(e store.Evidence, o device.Options) (*device.Inventory, error) {
	z, err := zstd.NewReader(bytes.NewReader(e.Blob), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	v, err := device.Load(z, o)
	if err != nil {
		return nil, fmt.Errorf("intake: what import %s told: %w: run ward doctor, then take the import back and give it again", e.Import, err)
	}
	return v, nil
}
