from .faulty_cluster import BreakableKafka as BreakableKafka
from .kafka import Kafka as Kafka
from .kafka import occupied as occupied
from .sasl import Sasl as Sasl
from .witness import Witness as Witness
from .zookeeper import ZooKeeperWay as ZooKeeperWay
