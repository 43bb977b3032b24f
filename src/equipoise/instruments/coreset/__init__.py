"""The IMACS core set of measures at one visit, and the two of them that are scores themselves: MMT-8 and HAQ-DI."""
