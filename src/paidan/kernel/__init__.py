"""Words only: money, quantities, states, reasons, clocks. Nothing here reads or writes."""
