"""kuaidi100 (快递100), a tracking service: subscribe to a waybill, receive pushes, ask for a track."""
