# charm-nova-compute: run this where juju reaches the model. The application
# may have another name than nova-compute. The charm writes nova.conf and
# restarts nova-compute at once, on all units of the application.

juju config nova-compute libvirt-image-backend=qcow2
