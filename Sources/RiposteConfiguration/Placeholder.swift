import Riposte
