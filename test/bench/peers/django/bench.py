# Django wants an application that the models belong to: this module is it.
