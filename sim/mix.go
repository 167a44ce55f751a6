package sim

func (h *Hospital) startMix() {}
