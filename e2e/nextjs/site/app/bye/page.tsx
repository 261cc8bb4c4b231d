export default function Bye() {
  return <h1>Goodbye</h1>;
}
